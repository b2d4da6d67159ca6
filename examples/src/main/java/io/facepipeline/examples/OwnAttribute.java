// An attribute of one's own: from which side a face is lit.
// Run: mvn -q -Dquick -pl examples -am process-classes -Dexample=OwnAttribute
// With your photo: add -Dexec.args=PHOTO
package io.facepipeline.examples;

import io.facepipeline.AnalyzedFace;
import io.facepipeline.CropSpec;
import io.facepipeline.Face;
import io.facepipeline.FaceAligner;
import io.facepipeline.FaceAttribute;
import io.facepipeline.FacePipeline;
import io.facepipeline.Image;
import java.nio.file.Path;
import java.util.List;

public final class OwnAttribute implements FaceAttribute {
  private static final CropSpec CROP = new CropSpec(64, 64, new CropSpec.Rule.ScaledBox(1, true));
  private volatile boolean closed;

  @Override
  public FaceAttribute.Card card() {
    return new FaceAttribute.Card(
        "light", "light-side", List.of(CROP), List.of("left", "right"), "Apache-2.0", "our own");
  }

  @Override
  public List<FaceAttribute.Scores> classify(Image image, List<Face> faces, FaceAligner aligner) {
    if (closed) {
      throw new IllegalStateException("the attribute light is closed");
    }
    return faces.stream().map(f -> scores(aligner.align(image, f, CROP).toImage())).toList();
  }

  private static FaceAttribute.Scores scores(Image crop) { // your network would run here
    byte[] halves = crop.resized(2, 1).toRgb();
    int difference = (halves[1] & 0xff) - (halves[4] & 0xff); // of green, left from right
    float left = (float) (1 / (1 + Math.exp(-difference / 10.0)));
    List<FaceAttribute.LabelScore> both =
        List.of(
            new FaceAttribute.LabelScore("left", left),
            new FaceAttribute.LabelScore("right", 1 - left));
    return new FaceAttribute.Scores("light", "light-side", both);
  }

  @Override
  public void close() {
    closed = true;
  }

  public static void main(String[] args) {
    Path photo = args.length > 0 ? Path.of(args[0]) : SampleAlbum.path("groups/group_1.jpg");
    try (FacePipeline faces = FacePipeline.builder().attribute(new OwnAttribute()).build()) {
      for (AnalyzedFace face : faces.analyze(Image.read(photo))) {
        System.out.println(face.face().box() + " " + face.attributes());
      }
    }
  }
}
