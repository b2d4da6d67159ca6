package io.facepipeline.embedding;

import io.facepipeline.FaceEmbedder;
import io.facepipeline.embedding.internal.CheckpointModel;
import java.nio.file.Path;

/** Opens what a checkpoint was converted to; messages name the checkpoint. */
record ConvertedCheckpoint(Path checkpoint, EmbedderOptions options)
    implements CheckpointModel.Opener {
  @Override
  public FaceEmbedder open(Path onnx) {
    return OnnxFaceEmbedder.ofModel(onnx, checkpoint.toString(), options);
  }

  @Override
  public FaceEmbedder open(byte[] onnx) {
    return OnnxFaceEmbedder.ofModel(onnx, checkpoint.toString(), options);
  }
}
