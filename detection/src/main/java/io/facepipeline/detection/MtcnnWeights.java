package io.facepipeline.detection;

import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.onnx.store.PublishedFile;
import java.nio.file.Path;
import java.util.List;

/** The published weights of MTCNN: three files, in one of two forms. */
record MtcnnWeights(Checkpoint pnet, Checkpoint rnet, Checkpoint onet) {
  private static final String ID = "mtcnn";
  private static final String ORIGIN =
      "github.com/timesler/facenet-pytorch (data/*.pt) or github.com/ZhaoJ9014/face.evoLVe"
          + " (applications/align/*.npy)";

  static final List<PublishedFile> FILES =
      List.of(published("pnet"), published("rnet"), published("onet"));

  static MtcnnWeights find(ModelStore store) {
    List<Path> files = store.require(FILES);
    return read(files.get(0), files.get(1), files.get(2));
  }

  static MtcnnWeights read(Path pnet, Path rnet, Path onet) {
    return new MtcnnWeights(Checkpoint.read(pnet), Checkpoint.read(rnet), Checkpoint.read(onet));
  }

  private static PublishedFile published(String net) {
    return new PublishedFile(ID, List.of(net + ".pt", net + ".npy"), ORIGIN, "MIT");
  }
}
