/** Runs models, reads checkpoints, emits graphs, finds weights. */
@SuppressWarnings("module") // the modules that the internals are for come after this one
module io.facepipeline.onnx {
  requires com.google.common;
  requires static transitive com.google.errorprone.annotations;
  requires com.google.gson;
  requires com.microsoft.onnxruntime;
  requires transitive io.facepipeline.core;
  requires java.net.http;
  requires static transitive org.jspecify;

  exports io.facepipeline.onnx;
  exports io.facepipeline.onnx.catalog;
  exports io.facepipeline.onnx.checkpoint;
  exports io.facepipeline.onnx.checkpoint.bytes to
      io.facepipeline.evaluation;
  exports io.facepipeline.onnx.checkpoint.pickle to
      io.facepipeline.evaluation;
  exports io.facepipeline.onnx.layers;
  exports io.facepipeline.onnx.cache to
      io.facepipeline.attributes,
      io.facepipeline.detection,
      io.facepipeline.embedding,
      io.facepipeline.training;
  exports io.facepipeline.onnx.graph to
      io.facepipeline.attributes,
      io.facepipeline.detection,
      io.facepipeline.embedding,
      io.facepipeline.spark,
      io.facepipeline.training;
  exports io.facepipeline.onnx.graph.proto to
      io.facepipeline.attributes,
      io.facepipeline.detection,
      io.facepipeline.embedding,
      io.facepipeline.spark,
      io.facepipeline.training;
  exports io.facepipeline.onnx.graph.quantize to
      io.facepipeline.embedding;
  exports io.facepipeline.onnx.graph.rewrite to
      io.facepipeline.attributes,
      io.facepipeline.detection,
      io.facepipeline.embedding,
      io.facepipeline.training;
  exports io.facepipeline.onnx.internal to
      io.facepipeline.attributes,
      io.facepipeline.detection,
      io.facepipeline.embedding,
      io.facepipeline.training;
  exports io.facepipeline.onnx.store;
}
