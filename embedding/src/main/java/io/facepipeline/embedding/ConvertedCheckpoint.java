package io.facepipeline.embedding;

import io.facepipeline.FaceEmbedder;
import io.facepipeline.embedding.internal.CheckpointModel;
import io.facepipeline.embedding.internal.EntryCards;
import io.facepipeline.onnx.cache.ConvertedModels;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import java.nio.file.Path;
import java.util.Optional;

/** Opens what a checkpoint was converted to; messages name the checkpoint. */
record ConvertedCheckpoint(Path checkpoint, EmbedderOptions options)
    implements CheckpointModel.Opener {
  /** An embedder with the weights of a checkpoint, which is converted once and kept. */
  static FaceEmbedder load(
      CheckpointModel model, Path checkpoint, EmbedderOptions options, ConvertedModels kept) {
    if (options.int8()) {
      String sha256 = Checkpoint.sha256(checkpoint);
      Optional<OnnxFaceEmbedder> bytes =
          Int8Models.open(
              checkpoint.toString(),
              EntryCards.id(model.entry(), checkpoint, sha256),
              model.entry().input().crop(),
              model.dependsOn(checkpoint, sha256),
              () -> model.graph(Checkpoint.read(checkpoint)),
              options,
              kept);
      if (bytes.isPresent()) {
        return bytes.get();
      }
    }
    return model.load(checkpoint, options, kept, new ConvertedCheckpoint(checkpoint, options));
  }

  @Override
  public FaceEmbedder open(Path onnx) {
    return OnnxFaceEmbedder.ofModel(onnx, checkpoint.toString(), options);
  }

  @Override
  public FaceEmbedder open(byte[] onnx) {
    return OnnxFaceEmbedder.ofModel(onnx, checkpoint.toString(), options);
  }
}
