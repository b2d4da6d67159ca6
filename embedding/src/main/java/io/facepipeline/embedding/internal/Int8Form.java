package io.facepipeline.embedding.internal;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import io.facepipeline.AlignedFace;
import io.facepipeline.CropSpec;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.OnnxModel;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.GraphEditor;
import io.facepipeline.onnx.graph.GraphSurgery;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.onnx.graph.quantize.Calibration;
import io.facepipeline.onnx.graph.quantize.Int8Plan;
import io.facepipeline.onnx.graph.rewrite.FoldBatchNorm;
import io.facepipeline.onnx.graph.rewrite.FoldInputAffine;
import io.facepipeline.onnx.graph.rewrite.FoldTranspose;
import io.facepipeline.onnx.graph.rewrite.SplitPRelu;
import io.facepipeline.onnx.internal.CardMetadata;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;

/** The form of an embedder's network that computes in bytes, and what its file says about it. */
public final class Int8Form {
  /** How a quantized model's id ends: its embeddings are not those of the float model. */
  public static final String SUFFIX = "-int8";

  private static final String PRECISION = CardMetadata.PREFIX + "precision";
  private static final String INT8 = "int8";
  private static final String CROPS = CardMetadata.PREFIX + "calibration.crops";

  /** The time of a run as a share of the float model's, on the machine that made the file. */
  private static final String TIME = "facepipeline.run.int8.time";

  private static final int LEAST_ROUNDS = 7;
  private static final long LEAST_NANOS = 500_000_000;

  private Int8Form() {}

  /** Whether a model's metadata say that it computes in bytes. */
  public static boolean isInt8(Map<String, String> metadata) {
    return metadata.getOrDefault(PRECISION, "").equals(INT8);
  }

  /** How many crops the ranges of a model's values were measured on. */
  public static int calibrationCrops(Map<String, String> metadata) {
    return CardMetadata.value(metadata, CROPS, Integer::parseInt);
  }

  /**
   * The quantized form of a model that carries its card.
   *
   * @param floats takes raw crops and gives {@link EmbeddingGraphs#EMBEDDING}
   * @param crops faces, to measure ranges on; every second one is mirrored
   * @param source what messages call the model
   * @throws MalformedModelException if it cannot be quantized
   */
  public static Graph of(Graph floats, List<AlignedFace> crops, String source) {
    Graph folded =
        new FoldTranspose().apply(new FoldInputAffine().apply(new FoldBatchNorm().apply(floats)));
    Calibration calibration = new Calibration(Int8Plan.of(folded, source));
    CropSpec spec = CardMetadata.read(floats.metadata()).crop();
    FloatBuffer input = CropPlanes.allocate(spec.bytes());
    try (OnnxModel model =
        OnnxModel.load(OnnxFile.write(calibration.measuring()), OnnxOptions.defaults())) {
      for (int i = 0; i < crops.size(); i++) {
        CropPlanes.write(crops.get(i), i % 2 == 1, input, 0);
        calibration.add(model.run(input, shape(spec)));
      }
    }
    // What still is a PReLU follows a convolution of floats, as the first one's does.
    Graph bytes = new SplitPRelu().apply(calibration.quantized());
    String id = CardMetadata.value(floats.metadata(), CardMetadata.ID, text -> text);
    bytes = GraphSurgery.withMetadata(bytes, CardMetadata.ID, id + SUFFIX);
    bytes = GraphSurgery.withMetadata(bytes, PRECISION, INT8);
    bytes = GraphSurgery.withMetadata(bytes, CROPS, Integer.toString(crops.size()));
    return CpuForm.sharedAsFloats(bytes, folded);
  }

  /** The quantized form, which says how long a run takes beside the float model here. */
  public static Graph measured(Graph floats, List<AlignedFace> crops, String source) {
    Graph bytes = of(floats, crops, source);
    double share = share(CpuForm.of(floats), bytes, crops.get(0));
    return GraphSurgery.withMetadata(bytes, TIME, Double.toString(share));
  }

  /** The quantized form without what was measured, which is true of one machine only. */
  public static Graph withoutTime(Graph bytes) {
    GraphEditor editor = bytes.edit();
    editor.metadata.remove(TIME);
    return editor.toGraph();
  }

  /** The time of a run as a share of the float model's; 0 where nobody measured it. */
  public static double share(Map<String, String> metadata) {
    return Double.parseDouble(metadata.getOrDefault(TIME, "0"));
  }

  /**
   * Runs both in turn on one thread, and compares the best times of many rounds: what else the
   * machine does only ever makes a run longer.
   */
  private static double share(Graph floats, Graph bytes, AlignedFace crop) {
    try (OnnxModel first = open(floats);
        OnnxModel second = open(bytes)) {
      FloatBuffer input = CropPlanes.allocate(crop.spec().bytes());
      CropPlanes.write(crop, false, input, 0);
      long ofFirst = Long.MAX_VALUE;
      long ofSecond = Long.MAX_VALUE;
      long end = System.nanoTime() + LEAST_NANOS;
      for (int round = 0; round < LEAST_ROUNDS || System.nanoTime() < end; round++) {
        ofFirst = Math.min(ofFirst, time(first, input, crop.spec()));
        ofSecond = Math.min(ofSecond, time(second, input, crop.spec()));
      }
      return (double) ofSecond / ofFirst;
    }
  }

  private static OnnxModel open(Graph graph) {
    return OnnxModel.load(OnnxFile.write(graph), OnnxOptions.defaults().withIntraOpThreads(1));
  }

  private static long time(OnnxModel model, FloatBuffer input, CropSpec spec) {
    long start = System.nanoTime();
    model.run(input, shape(spec), EmbeddingGraphs.EMBEDDING);
    return System.nanoTime() - start;
  }

  private static long[] shape(CropSpec spec) {
    return new long[] {1, 3, spec.height(), spec.width()};
  }

  /** What tells quantized forms of one model apart: the crops that ranges were measured on. */
  public static String key(List<AlignedFace> crops) {
    Hasher hash = Hashing.sha256().newHasher();
    for (AlignedFace crop : crops) {
      hash.putBytes(crop.rgb());
    }
    return INT8 + " " + hash.hash();
  }
}
