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

/**
 * An execution provider, which runs models, by the name that <a
 * href="https://onnxruntime.ai/docs/execution-providers/">ONNX Runtime</a> gives it. Immutable and
 * thread-safe.
 */
public final class ExecutionProvider {
  /** The processor; always available. */
  public static final ExecutionProvider CPU = new ExecutionProvider(OrtProvider.CPU);

  /** NVIDIA GPUs; needs the runtime's GPU artifact, a driver, CUDA and cuDNN. */
  public static final ExecutionProvider CUDA = new ExecutionProvider(OrtProvider.CUDA);

  private static final String SUFFIX = "executionprovider";

  private final OrtProvider provider;

  private ExecutionProvider(OrtProvider provider) {
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
  public static ExecutionProvider named(String name) {
    for (OrtProvider candidate : OrtProvider.values()) {
      if (plain(candidate.name()).equals(plain(name))
          || plain(candidate.getName()).equals(plain(name))) {
        return new ExecutionProvider(candidate);
      }
    }
    throw new IllegalArgumentException(
        "no execution provider is called '"
            + name
            + "'; use one of "
            + Arrays.stream(OrtProvider.values())
                .map(p -> new ExecutionProvider(p).name())
                .toList());
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
  public static List<ExecutionProvider> available() {
    List<ExecutionProvider> found = new ArrayList<>();
    RuntimeEnvironment.get();
    for (OrtProvider candidate : OrtEnvironment.getAvailableProviders()) {
      found.add(new ExecutionProvider(candidate));
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
    return other instanceof ExecutionProvider e && provider == e.provider;
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
