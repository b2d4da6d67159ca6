package io.facepipeline.benchmarks;

import ai.djl.MalformedModelException;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.TranslateException;
import io.facepipeline.AlignedFace;
import io.facepipeline.FaceAligner;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipelineException;
import io.facepipeline.embedding.EmbedderOptions;
import io.facepipeline.embedding.OnnxFaceEmbedder;
import io.facepipeline.internal.Workers;
import io.facepipeline.onnx.OnnxModel;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.graph.Dim;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/** One runtime with one network and a batch of crops. */
interface EmbedRunner extends AutoCloseable {
  /** Embeds the batch and tells how many values came out. */
  int run();

  @Override
  void close();

  /** Loads a network's file, which may be deleted afterwards. */
  static EmbedRunner on(String runtime, Path file, int crops) throws IOException {
    return switch (runtime) {
      case "facepipeline" -> new Own(file, crops);
      case "plain-onnxruntime" -> new OnnxRuntime(file, crops);
      case "opencv-dnn" -> new OpenCv(file, crops);
      case "djl-onnxruntime" -> new Djl(file, crops);
      default -> throw new IllegalArgumentException("no runtime is called " + runtime);
    };
  }

  private static FloatBuffer input(long[] shape) {
    int count = (int) (shape[0] * shape[1] * shape[2] * shape[3]);
    FloatBuffer input =
        ByteBuffer.allocateDirect(count * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    for (int i = 0; i < count; i++) {
      input.put(i, i * 37 % 256);
    }
    return input;
  }

  /** Read from the file alone: DJL wants to be the first that starts ONNX Runtime. */
  private static long[] shape(Path file, int crops) throws IOException {
    List<Dim> dims =
        Objects.requireNonNull(
            OnnxFile.read(Files.readAllBytes(file)).dataInputs().get(0).dims(), "dimensions");
    return new long[] {crops, dims.get(1).size(), dims.get(2).size(), dims.get(3).size()};
  }

  /** This library: from crops to embeddings, on workers as in a pipeline. */
  final class Own implements EmbedRunner {
    private final Workers workers = new Workers(Runtime.getRuntime().availableProcessors());
    private final FaceEmbedder embedder;
    private final List<AlignedFace> batch;

    Own(Path file, int crops) {
      embedder = OnnxFaceEmbedder.load(file, EmbedderOptions.defaults());
      batch =
          Collections.nCopies(
              crops, FaceAligner.standard().align(Photos.group(), Photos.FACE, embedder.crop()));
    }

    @Override
    public int run() {
      return workers.call(() -> embedder.embed(batch)).size();
    }

    @Override
    public void close() {
      embedder.close();
      workers.close();
    }
  }

  /** ONNX Runtime with its own threads, as it runs by default. */
  final class OnnxRuntime implements EmbedRunner {
    private final OnnxModel model;
    private final long[] shape;
    private final FloatBuffer input;

    OnnxRuntime(Path file, int crops) throws IOException {
      model = OnnxModel.load(file, OnnxOptions.defaults().withSpinning(true));
      shape = shape(file, crops);
      input = input(shape);
    }

    @Override
    public int run() {
      return model.run(input, shape, "embedding").length;
    }

    @Override
    public void close() {
      model.close();
    }
  }

  /** OpenCV's dnn. */
  final class OpenCv implements EmbedRunner {
    private final OpenCvNetwork net;
    private final long[] shape;
    private final FloatBuffer input;

    OpenCv(Path file, int crops) throws IOException {
      net = new OpenCvNetwork(Files.readAllBytes(file));
      shape = shape(file, crops);
      input = input(shape);
    }

    @Override
    public int run() {
      return net.run(input, (int) shape[0], (int) shape[2], (int) shape[3]).size();
    }

    @Override
    public void close() {
      net.close();
    }
  }

  /** DJL's ONNX Runtime engine with its defaults. */
  final class Djl implements EmbedRunner {
    private final ZooModel<NDList, NDList> model;
    private final Predictor<NDList, NDList> predictor;
    private final FloatBuffer input;
    private final Shape shape;

    Djl(Path file, int crops) throws IOException {
      long[] extents = shape(file, crops);
      shape = new Shape(extents);
      input = input(extents);
      try {
        model =
            Criteria.builder()
                .setTypes(NDList.class, NDList.class)
                .optModelPath(file)
                .optEngine("OnnxRuntime")
                .build()
                .loadModel();
      } catch (ModelNotFoundException | MalformedModelException e) {
        throw new FacePipelineException("DJL cannot load " + file, e);
      }
      predictor = model.newPredictor();
    }

    @Override
    public int run() {
      try (NDManager manager = model.getNDManager().newSubManager()) {
        NDArray array = manager.create(input.duplicate(), shape);
        NDList result = predictor.predict(new NDList(array));
        result.attach(manager);
        return result.get(0).toFloatArray().length;
      } catch (TranslateException e) {
        throw new FacePipelineException("DJL cannot run the model", e);
      }
    }

    @Override
    public void close() {
      predictor.close();
      model.close();
    }
  }
}
