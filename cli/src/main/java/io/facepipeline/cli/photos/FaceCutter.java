package io.facepipeline.cli.photos;

import io.facepipeline.CropSpec;
import io.facepipeline.Face;
import io.facepipeline.FaceCountException;
import io.facepipeline.FacePipeline;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.ImageSource;
import io.facepipeline.cli.output.Counted;
import io.facepipeline.cli.output.PhotoResult;
import io.facepipeline.cli.output.Reports;
import io.facepipeline.cli.stages.Select;
import io.facepipeline.internal.WholeFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Cuts the faces of photos, all or one of each. Thread-safe. */
final class FaceCutter {
  private final FacePipeline pipeline;
  private final CropSpec crop;
  private final Path out;
  private final @Nullable Select select;
  private final int minSide;

  /** The folders that were made ready. */
  private final Map<Path, Boolean> folders = new ConcurrentHashMap<>();

  FaceCutter(FacePipeline pipeline, CropSpec crop, Path out, @Nullable Select select, int minSide) {
    this.pipeline = pipeline;
    this.crop = crop;
    this.out = out;
    this.select = select;
    this.minSide = minSide;
  }

  /** A photo that cannot be used. */
  static AlignedPhoto failed(ImageSource photo, String problem) {
    return leftOut(AlignRecord.entry(photo), 0, AlignedPhoto.FAILED, problem);
  }

  /**
   * Cuts a photo.
   *
   * @param result takes the faces that are cut
   * @param place where the crops go, but for their ending
   */
  AlignedPhoto cut(Image photo, ImageSource source, PhotoResult result, Path place) {
    AlignedPhoto entry = AlignRecord.entry(source);
    List<Face> found = pipeline.detect(photo);
    if (found.isEmpty()) {
      return leftOut(entry, 0, AlignedPhoto.NO_FACE, "");
    }
    List<Face> large = found.stream().filter(face -> side(face) >= minSide).toList();
    String small =
        (found.size() - large.size())
            + " of "
            + Counted.of(found.size(), "face")
            + " below "
            + minSide
            + " pixels";
    if (large.isEmpty()) {
      return leftOut(entry, found.size(), AlignedPhoto.TOO_SMALL, small);
    }
    List<Face> chosen = large;
    String several = Counted.of(large.size(), "face") + ", --select " + select;
    if (select != null) {
      Optional<Face> one;
      try {
        one = select.selection().select(large, photo.width(), photo.height());
      } catch (FaceCountException e) {
        one = Optional.empty();
      }
      if (one.isEmpty()) {
        return leftOut(entry, found.size(), AlignedPhoto.SEVERAL, several);
      }
      chosen = List.of(one.get());
    }
    List<String> crops = write(photo, chosen, place);
    chosen.forEach(face -> result.faces.add(new PhotoResult.FaceResult(face)));
    boolean all = chosen.size() == found.size();
    boolean byChoice = chosen.size() < large.size();
    return new AlignedPhoto(
        entry.image(),
        entry.bytes(),
        entry.modified(),
        crops,
        found.size(),
        all ? null : byChoice ? AlignedPhoto.SEVERAL : AlignedPhoto.TOO_SMALL,
        all ? "" : byChoice ? several : small);
  }

  private static double side(Face face) {
    return Math.min(face.box().width(), face.box().height());
  }

  private static AlignedPhoto leftOut(AlignedPhoto entry, int faces, String reason, String detail) {
    return new AlignedPhoto(
        entry.image(), entry.bytes(), entry.modified(), List.of(), faces, reason, detail);
  }

  private static boolean ready(Path folder) {
    Reports.folder(folder);
    try {
      WholeFile.deleteParts(folder);
      return true;
    } catch (IOException e) {
      throw new FacePipelineException(
          "cannot delete what a killed run left in " + folder + ": " + e, e);
    }
  }

  private List<String> write(Image photo, List<Face> faces, Path place) {
    Path folder = place.toAbsolutePath().getParent();
    if (folder != null) {
      // Others wait: what is deleted must not be what they write.
      folders.computeIfAbsent(folder, FaceCutter::ready);
    }
    List<String> crops = new ArrayList<>();
    for (int i = 0; i < faces.size(); i++) {
      String end = select == null ? "_" + i + ".png" : ".png";
      Path file = place.resolveSibling(place.getFileName() + end);
      pipeline.aligner().align(photo, faces.get(i), crop).toImage().writePng(file);
      crops.add(out.relativize(file).toString().replace('\\', '/'));
    }
    return crops;
  }
}
