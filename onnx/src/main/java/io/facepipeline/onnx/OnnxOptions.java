package io.facepipeline.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import io.facepipeline.onnx.internal.RuntimeEnvironment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How to run a model. Immutable. */
public final class OnnxOptions {
  private final Provider provider;
  private final int intraOpThreads;
  private final boolean optimized;
  private final boolean spinning;
  private final boolean controlFlow;

  private OnnxOptions(
      Provider provider,
      int intraOpThreads,
      boolean optimized,
      boolean spinning,
      boolean controlFlow) {
    if (intraOpThreads < 1) {
      throw new IllegalArgumentException("a model needs at least 1 thread, got " + intraOpThreads);
    }
    this.provider = provider;
    this.intraOpThreads = intraOpThreads;
    this.optimized = optimized;
    this.spinning = spinning;
    this.controlFlow = controlFlow;
  }

  /** {@return the processor, a thread per core, optimized, no spinning, no control flow} */
  public static OnnxOptions defaults() {
    return new OnnxOptions(
        Provider.CPU, Runtime.getRuntime().availableProcessors(), true, false, false);
  }

  /** {@return the execution provider} */
  public Provider provider() {
    return provider;
  }

  /** {@return the threads that share one operation, at least 1} */
  public int intraOpThreads() {
    return intraOpThreads;
  }

  /** {@return whether the runtime rewrites the graph at load} */
  public boolean optimized() {
    return optimized;
  }

  /** {@return whether idle threads spin} */
  public boolean spinning() {
    return spinning;
  }

  /** {@return whether the model may use If, Loop, Scan and SequenceMap} */
  public boolean controlFlow() {
    return controlFlow;
  }

  /**
   * {@return these options with another provider}
   *
   * @param newProvider the execution provider
   */
  public OnnxOptions withProvider(Provider newProvider) {
    return new OnnxOptions(newProvider, intraOpThreads, optimized, spinning, controlFlow);
  }

  /**
   * {@return these options with another number of threads}
   *
   * @param threads threads that share one operation, at least 1
   * @throws IllegalArgumentException if it is less
   */
  public OnnxOptions withIntraOpThreads(int threads) {
    return new OnnxOptions(provider, threads, optimized, spinning, controlFlow);
  }

  /**
   * {@return these options with or without the runtime's own rewrites of the graph at load: folded
   * constants, fused operations, other memory layouts}
   *
   * @param newOptimized whether it rewrites
   */
  public OnnxOptions withOptimized(boolean newOptimized) {
    return new OnnxOptions(provider, intraOpThreads, newOptimized, spinning, controlFlow);
  }

  /**
   * {@return these options with or without spinning, the runtime's own default: operations start
   * sooner, but spinning takes the processor from other runs and workers}
   *
   * @param newSpinning whether idle threads spin
   */
  public OnnxOptions withSpinning(boolean newSpinning) {
    return new OnnxOptions(provider, intraOpThreads, optimized, newSpinning, controlFlow);
  }

  /**
   * {@return these options with or without control flow: a stranger's model may run forever in it,
   * and a run cannot be stopped}
   *
   * @param allowed whether the model may use If, Loop, Scan and SequenceMap
   */
  public OnnxOptions withControlFlow(boolean allowed) {
    return new OnnxOptions(provider, intraOpThreads, optimized, spinning, allowed);
  }

  @Override
  public String toString() {
    return provider
        + ", "
        + intraOpThreads
        + " threads"
        + (optimized ? "" : ", as it stands")
        + (spinning ? ", spinning" : "")
        + (controlFlow ? ", control flow" : "");
  }

  /**
   * An execution provider, which runs models, by the name that <a
   * href="https://onnxruntime.ai/docs/execution-providers/">ONNX Runtime</a> gives it. Immutable
   * and thread-safe.
   */
  public static final class Provider {
    /** The processor; always available. */
    public static final Provider CPU = new Provider(OrtProvider.CPU);

    /** NVIDIA GPUs; needs the runtime's GPU artifact, a driver, CUDA and cuDNN. */
    public static final Provider CUDA = new Provider(OrtProvider.CUDA);

    private static final String SUFFIX = "executionprovider";

    private final OrtProvider provider;

    private Provider(OrtProvider provider) {
      this.provider = provider;
    }

    /**
     * A provider by name. Whether it works shows when a model is loaded.
     *
     * @param name such as {@code cuda}, {@code CoreML} or {@code CUDAExecutionProvider}; case and
     *     underscores do not matter
     * @return the provider
     * @throws IllegalArgumentException if ONNX Runtime has no provider of that name
     */
    public static Provider named(String name) {
      for (OrtProvider candidate : OrtProvider.values()) {
        if (plain(candidate.name()).equals(plain(name))
            || plain(candidate.getName()).equals(plain(name))) {
          return new Provider(candidate);
        }
      }
      throw new IllegalArgumentException(
          "no execution provider is called '"
              + name
              + "'; use one of "
              + Arrays.stream(OrtProvider.values()).map(p -> new Provider(p).name()).toList());
    }

    private static String plain(String name) {
      String lower = name.toLowerCase(Locale.ROOT).replace("_", "");
      return lower.endsWith(SUFFIX) ? lower.substring(0, lower.length() - SUFFIX.length()) : lower;
    }

    /**
     * The providers that the runtime on the class path was built with. One of them may still lack a
     * driver or a library; loading a model then falls back to the processor.
     *
     * @return in the runtime's order, the processor among them
     */
    public static List<Provider> available() {
      List<Provider> found = new ArrayList<>();
      RuntimeEnvironment.get();
      for (OrtProvider candidate : OrtEnvironment.getAvailableProviders()) {
        found.add(new Provider(candidate));
      }
      return List.copyOf(found);
    }

    /**
     * The name, in lower case.
     *
     * @return such as {@code cpu}, {@code cuda}, {@code core_ml}
     */
    public String name() {
      return provider.name().toLowerCase(Locale.ROOT);
    }

    /** Asks a session to use this provider. */
    void addTo(SessionOptions options) throws OrtException {
      RuntimeEnvironment.addNatives(natives());
      switch (provider) {
        case CPU -> {}
        case CUDA -> {
          try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions()) {
            // The exhaustive default tries every algorithm on each new shape, which stalls pyramids
            // of many sizes.
            cuda.add("cudnn_conv_algo_search", "HEURISTIC");
            options.addCUDA(cuda);
          }
        }
        case TENSOR_RT -> options.addTensorrt(0);
        case ROCM -> options.addROCM();
        case DIRECT_ML -> options.addDirectML(0);
        case CORE_ML -> options.addCoreML();
        case DNNL -> options.addDnnl(true);
        case OPEN_VINO -> options.addOpenVINO("CPU");
        case NNAPI -> options.addNnapi();
        case ACL -> options.addACL(true);
        case XNNPACK -> options.addXnnpack(Map.of());
        case QNN -> options.addQnn(Map.of());
        case WEBGPU -> options.addWebGPU(Map.of());
        default ->
            throw new OrtException("the Java binding has no way to select " + provider.getName());
      }
    }

    /** The libraries that the runtime loads for a provider, where it is not built in. */
    private List<String> natives() {
      return switch (provider) {
        case CUDA -> List.of("onnxruntime_providers_cuda");
        case TENSOR_RT -> List.of("onnxruntime_providers_cuda", "onnxruntime_providers_tensorrt");
        case ROCM -> List.of("onnxruntime_providers_rocm");
        case DNNL -> List.of("onnxruntime_providers_dnnl");
        case OPEN_VINO -> List.of("onnxruntime_providers_openvino");
        case QNN -> List.of("onnxruntime_providers_qnn");
        default -> List.of();
      };
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Provider e && provider == e.provider;
    }

    @Override
    public int hashCode() {
      return provider.name().hashCode();
    }

    @Override
    public String toString() {
      return name();
    }
  }
}
