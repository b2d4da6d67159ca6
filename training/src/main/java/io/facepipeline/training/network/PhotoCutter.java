package io.facepipeline.training.network;

import io.facepipeline.CropSpec;
import io.facepipeline.Face;
import io.facepipeline.FaceAligner;
import io.facepipeline.FaceDetector;
import io.facepipeline.FaceSelection;
import io.facepipeline.Image;
import io.facepipeline.internal.PictureCuts;
import io.facepipeline.models.DefaultModels;
import io.facepipeline.onnx.catalog.CatalogEntry;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the square out of a photo that a network looks at, as it is cut later, when the model runs.
 * In a photo with several faces it takes the largest near the middle.
 */
final class PhotoCutter implements AutoCloseable {
  private final Look look;
  private final CatalogEntry.Input input;
  private final @Nullable FaceDetector detector;
  private final FaceAligner aligner = FaceAligner.standard();
  private final FaceSelection selection = FaceSelection.centerWeighted();

  /**
   * Creates it.
   *
   * @param input of the network; with a crop rule, unless it looks at whole pictures
   */
  PhotoCutter(Look look, CatalogEntry.Input input) {
    this.look = look;
    this.input = input;
    detector = look == Look.FACES ? DefaultModels.mtcnn().build() : null;
  }

  /**
   * {@return the square, or nothing if there is no face}
   *
   * @throws io.facepipeline.AlignmentException if the face lies outside the photo
   */
  Optional<Image> cut(Image photo) {
    return switch (look) {
      case PICTURES -> Optional.of(PictureCuts.middle(photo, input.width()));
      case CROPS -> Optional.of(cut(photo, PictureCuts.filling(photo)));
      case FACES -> face(photo).map(face -> cut(photo, face));
    };
  }

  private Optional<Face> face(Image photo) {
    return detector == null
        ? Optional.empty()
        : selection.select(detector.detect(photo), photo.width(), photo.height());
  }

  private Image cut(Image photo, Face face) {
    CropSpec spec = input.crop();
    return aligner.align(photo, face, spec).toImage();
  }

  @Override
  public void close() {
    if (detector != null) {
      detector.close();
    }
  }
}
