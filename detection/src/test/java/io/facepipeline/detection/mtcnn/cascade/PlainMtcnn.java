package io.facepipeline.detection.mtcnn.cascade;

import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.Image;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.store.ModelStore;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * MTCNN as one writes it at first: the published networks one after the other, whole levels and
 * batches, the runtime's own threads. The base line of the benchmarks.
 */
public final class PlainMtcnn implements FaceDetector {
  private final List<PlainNetwork> networks = new ArrayList<>();
  private final PlainCascade cascade;

  private PlainMtcnn(int minFaceSize, BiFunction<String, Checkpoint, PlainNetwork> loader) {
    MtcnnWeights weights = MtcnnWeights.find(ModelStore.fromEnvironment());
    try {
      networks.add(loader.apply("pnet", weights.pnet()));
      networks.add(loader.apply("rnet", weights.rnet()));
      networks.add(loader.apply("onet", weights.onet()));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    cascade =
        new PlainCascade(
            networks.get(0),
            networks.get(1),
            networks.get(2),
            new MtcnnOptions(minFaceSize, 0.709, List.of(0.6f, 0.7f, 0.7f), false, false, null));
  }

  /** On ONNX Runtime with so many threads. */
  public static PlainMtcnn onnxRuntime(int minFaceSize, int threads) {
    OnnxOptions options = OnnxOptions.defaults().withIntraOpThreads(threads).withSpinning(true);
    return new PlainMtcnn(
        minFaceSize, (name, weights) -> PlainNetwork.published(name, weights, options));
  }

  /** On something else that runs ONNX files: a function from a network's file to the network. */
  public static PlainMtcnn on(int minFaceSize, Function<byte[], PlainNetwork> runtime) {
    return new PlainMtcnn(
        minFaceSize, (name, weights) -> runtime.apply(PlainNetwork.onnx(name, weights)));
  }

  @Override
  public List<Face> detect(Image image) {
    return cascade.detect(image);
  }

  @Override
  public void close() {
    networks.forEach(PlainNetwork::close);
  }
}
