// A detector of one's own: it looks for faces in a small copy of a large photo.
// Run: mvn -q -Dquick -pl examples -am process-classes -Dexample=OwnDetector
// With your photo: add -Dexec.args=PHOTO
package io.facepipeline.examples;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.FacePipeline;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import io.facepipeline.detection.mtcnn.Mtcnn;
import io.facepipeline.models.DefaultModels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

public final class OwnDetector implements FaceDetector {
  private static final double LONGEST_SIDE = 640;
  private final Mtcnn mtcnn = DefaultModels.mtcnn().build();

  @Override
  public List<Face> detect(Image image) {
    double scale = Math.max(1, Math.max(image.width(), image.height()) / LONGEST_SIDE);
    Image small =
        image.resized(
            (int) Math.ceil(image.width() / scale), (int) Math.ceil(image.height() / scale));
    List<Face> found = mtcnn.detect(small); // or what your network or service finds
    List<Box> boxes = found.stream().map(face -> enlarged(face.box(), (float) scale)).toList();
    List<Landmarks> landmarks = mtcnn.landmarks(image, boxes); // in the whole photo
    List<Face> faces = new ArrayList<>();
    for (int i = 0; i < boxes.size(); i++) {
      faces.add(new Face(boxes.get(i), landmarks.get(i), found.get(i).score()));
    }
    return faces; // largest first, each face once
  }

  private static Box enlarged(Box box, float scale) {
    return new Box(box.x1() * scale, box.y1() * scale, box.x2() * scale, box.y2() * scale);
  }

  @Override
  public void close() {
    mtcnn.close();
  }

  public static void main(String[] args) {
    Path photo = args.length > 0 ? Path.of(args[0]) : SampleAlbum.path("groups/group_3.jpg");
    try (FacePipeline faces =
        FacePipeline.builder().detector(new OwnDetector()).withoutEmbedder().build()) {
      for (Face face : faces.detect(Image.read(photo))) {
        System.out.println(face.box() + " nose " + face.landmarks().nose());
      }
    }
  }
}
