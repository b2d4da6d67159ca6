package io.facepipeline.benchmarks;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.RectVector;
import org.bytedeco.opencv.opencv_core.Size;
import org.bytedeco.opencv.opencv_objdetect.CascadeClassifier;

/**
 * One of the cascades that OpenCV ships, with OpenCV's defaults: scale factor 1.1, three neighbors.
 * It gives boxes alone; the landmarks are the box's center. Not thread-safe.
 */
final class CascadeDetector implements FaceDetector {
  private static final double SCALE_FACTOR = 1.1;
  private static final int NEIGHBOURS = 3;

  private final CascadeClassifier cascade;
  private final int minFace;

  CascadeDetector(String name, int minFace) {
    this.minFace = minFace;
    opencv_core.setNumThreads(Runtime.getRuntime().availableProcessors());
    String folder = name.startsWith("haar") ? "haarcascades" : "lbpcascades";
    try {
      Loader.load(opencv_core.class);
      File file =
          Loader.cacheResource(
              opencv_core.class,
              Loader.getPlatform() + "/share/opencv4/" + folder + "/" + name + ".xml");
      cascade = new CascadeClassifier(file.getAbsolutePath());
    } catch (IOException e) {
      throw new FacePipelineException("cascade " + name + " cannot be unpacked", e);
    }
  }

  @Override
  @SuppressWarnings("try") // the scope frees all that is made in between
  public List<Face> detect(Image image) {
    try (PointerScope scope = new PointerScope()) {
      Mat rgb = new Mat(image.height(), image.width(), opencv_core.CV_8UC3);
      rgb.data().put(image.unsafeRgb());
      Mat grey = new Mat();
      opencv_imgproc.cvtColor(rgb, grey, opencv_imgproc.COLOR_RGB2GRAY);
      RectVector found = new RectVector();
      cascade.detectMultiScale(
          grey, found, SCALE_FACTOR, NEIGHBOURS, 0, new Size(minFace, minFace), new Size());
      List<Face> faces = new ArrayList<>();
      for (long i = 0; i < found.size(); i++) {
        Rect r = found.get(i);
        Box box = new Box(r.x(), r.y(), r.x() + r.width(), r.y() + r.height());
        float x = r.x() + r.width() / 2f;
        float y = r.y() + r.height() / 2f;
        faces.add(new Face(box, Landmarks.of(x, y, x, y, x, y, x, y, x, y), /* score= */ 1));
      }
      return faces;
    }
  }

  @Override
  public void close() {
    cascade.close();
  }
}
