package io.facepipeline.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What ONNX Runtime runs a model with, chosen by name. The CPU always works; whether another does
 * is known only when a model is opened with it: the runtime lists CUDA even where its libraries are
 * missing. Immutable.
 */
public final class ExecutionProvider {
  /** The CPU. */
  public static final ExecutionProvider CPU = new ExecutionProvider(OrtProvider.CPU);

  /** NVIDIA's CUDA; needs the GPU artifact of ONNX Runtime in place of the CPU one. */
  public static final ExecutionProvider CUDA = new ExecutionProvider(OrtProvider.CUDA);

  /**
   * The default, an exhaustive search per new shape, takes half a second where this takes
   * milliseconds.
   */
  private static final String CUDNN_SEARCH = "HEURISTIC";

  private final OrtProvider provider;

  private ExecutionProvider(OrtProvider provider) {
    this.provider = provider;
  }

  /**
   * {@return the provider of a name}
   *
   * @param name such as {@code cpu}, {@code cuda}, {@code core_ml} or {@code xnnpack}, in any case
   * @throws IllegalArgumentException if the runtime knows no such name; the message lists those it
   *     offers here
   */
  public static ExecutionProvider named(String name) {
    String wanted = name.toUpperCase(Locale.ROOT).replace('-', '_');
    return Arrays.stream(OrtProvider.values())
        .filter(p -> p.name().equals(wanted))
        .findFirst()
        .map(ExecutionProvider::new)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no execution provider is called "
                        + name
                        + "; this runtime offers "
                        + available().stream()
                            .map(ExecutionProvider::name)
                            .sorted()
                            .collect(Collectors.joining(", "))));
  }

  /** {@return what this build of the runtime offers; that it works is not said} */
  public static Set<ExecutionProvider> available() {
    EnumSet<OrtProvider> offered = OrtEnvironment.getAvailableProviders();
    return offered.stream().map(ExecutionProvider::new).collect(Collectors.toUnmodifiableSet());
  }

  /** {@return the name, in lower case} */
  public String name() {
    return provider.name().toLowerCase(Locale.ROOT);
  }

  /** {@return whether this is the CPU} */
  public boolean isCpu() {
    return provider == OrtProvider.CPU;
  }

  /** Puts the provider before the CPU, to which whatever it cannot run falls. */
  void addTo(OrtSession.SessionOptions options) throws OrtException {
    switch (provider) {
      case CPU -> {
        // Always there.
      }
      case CUDA -> {
        try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions()) {
          cuda.add("cudnn_conv_algo_search", CUDNN_SEARCH);
          options.addCUDA(cuda);
        }
      }
      case TENSOR_RT -> options.addTensorrt(0);
      case ROCM -> options.addROCM();
      case DIRECT_ML -> options.addDirectML(0);
      case CORE_ML -> options.addCoreML();
      case XNNPACK -> options.addXnnpack(Map.of());
      case NNAPI -> options.addNnapi();
      case DNNL -> options.addDnnl(true);
      case OPEN_VINO -> options.addOpenVINO("");
      default ->
          throw new OrtException(
              OrtException.OrtErrorCode.ORT_NOT_IMPLEMENTED,
              "the execution provider " + name() + " cannot be chosen by its name alone");
    }
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof ExecutionProvider other && provider == other.provider;
  }

  @Override
  public int hashCode() {
    return Objects.hash(provider);
  }

  @Override
  public String toString() {
    return name();
  }
}
