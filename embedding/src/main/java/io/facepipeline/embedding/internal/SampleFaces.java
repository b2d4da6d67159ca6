package io.facepipeline.embedding.internal;

import com.google.common.io.Resources;
import io.facepipeline.AlignedFace;
import io.facepipeline.Box;
import io.facepipeline.CropSpec;
import io.facepipeline.Face;
import io.facepipeline.FaceAligner;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The 32 portraits of the sample album, side by side in a picture inside the artifact, with their
 * boxes and landmarks. Nobody in them exists.
 */
public final class SampleFaces {
  private static final String FOLDER = "/META-INF/facepipeline/calibration/";

  private SampleFaces() {}

  /** The faces, cut as an embedder wants them. */
  public static List<AlignedFace> cut(CropSpec spec) {
    FaceAligner aligner = FaceAligner.standard();
    try {
      Image picture = Image.read(Resources.toByteArray(resource("faces.jpg")));
      List<AlignedFace> crops = new ArrayList<>();
      for (String line : Resources.readLines(resource("faces.txt"), StandardCharsets.UTF_8)) {
        crops.add(aligner.align(picture, face(line), spec));
      }
      return crops;
    } catch (IOException e) {
      throw new FacePipelineException("the faces inside the artifact cannot be read: " + e, e);
    }
  }

  private static URL resource(String name) {
    return Objects.requireNonNull(SampleFaces.class.getResource(FOLDER + name), name);
  }

  /** Of a line with its box (x1, y1, x2, y2) and its five landmarks (x, y). */
  private static Face face(String line) {
    List<Float> n = Stream.of(line.split(" ", -1)).map(Float::valueOf).toList();
    return new Face(
        new Box(n.get(0), n.get(1), n.get(2), n.get(3)),
        Landmarks.of(
            n.get(4), n.get(5), n.get(6), n.get(7), n.get(8), n.get(9), n.get(10), n.get(11),
            n.get(12), n.get(13)),
        /* score= */ 1);
  }
}
