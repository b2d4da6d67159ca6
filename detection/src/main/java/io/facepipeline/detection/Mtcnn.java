package io.facepipeline.detection;

import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.Image;
import io.facepipeline.onnx.OnnxOptions;
import java.util.List;

/**
 * MTCNN: three small networks, each looking more closely at what the one before let pass (Zhang et
 * al., Joint Face Detection and Alignment using Multi-task Cascaded Convolutional Networks, 2016).
 * With the published weights its results equal those of facenet-pytorch. Thread-safe.
 *
 * <pre>{@code
 * try (FaceDetector detector = Mtcnn.builder().minFaceSize(40).build()) {
 *   List<Face> faces = detector.detect(image);
 * }
 * }</pre>
 */
public final class Mtcnn implements FaceDetector {
  private final List<Network> networks;
  private final Cascade cascade;
  private final MtcnnOptions options;

  Mtcnn(MtcnnWeights weights, MtcnnOptions options, OnnxOptions onnx) {
    this.options = options;
    Network pnet = new OnnxNetwork(MtcnnGraphs.pnet(weights.pnet()), onnx);
    Network rnet = null;
    try {
      rnet = new OnnxNetwork(MtcnnGraphs.rnet(weights.rnet()), onnx);
      Network onet = new OnnxNetwork(MtcnnGraphs.onet(weights.onet()), onnx);
      networks = List.of(pnet, rnet, onet);
      cascade = new Cascade(pnet, rnet, onet, options);
    } catch (RuntimeException e) {
      pnet.close();
      if (rnet != null) {
        rnet.close();
      }
      throw e;
    }
  }

  /** {@return a builder} */
  public static MtcnnBuilder builder() {
    return new MtcnnBuilder();
  }

  @Override
  public List<Face> detect(Image image) {
    List<Face> faces = cascade.detect(image);
    return options.selection() == null
        ? faces
        : options.selection().select(faces, image.width(), image.height()).stream().toList();
  }

  /** {@return the settings, for logs} */
  @Override
  public String toString() {
    return "MTCNN " + options;
  }

  @Override
  public void close() {
    networks.forEach(Network::close);
  }
}
