package io.facepipeline.onnx.internal;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import com.google.common.hash.Hashing;
import io.facepipeline.onnx.MalformedModelException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Models that the runtime has optimized for one kind of processor, with weights in its kernels'
 * order. They load several times faster, but run nowhere else.
 */
public final class PreparedModel {
  /** Smaller constants stay in the model's file. */
  private static final String LEAST_BYTES = "1024";

  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  private PreparedModel() {}

  /**
   * {@return everything a prepared model depends on: the runtime's version and the kind of
   * processor; empty if the kind of processor is unknown, so that nothing may be kept}
   */
  public static Optional<String> machine() {
    if (!Files.isReadable(CPU_INFO)) {
      return Optional.empty();
    }
    try {
      List<String> facts =
          Files.readAllLines(CPU_INFO).stream()
              .filter(line -> line.matches("(model name|flags|Features|CPU part)\\s*:.*"))
              .distinct()
              .toList();
      return facts.isEmpty()
          ? Optional.empty()
          : Optional.of(
              RuntimeEnvironment.get().getVersion()
                  + " "
                  + System.getProperty("os.arch")
                  + " "
                  + Hashing.sha256().hashString(String.join("\n", facts), StandardCharsets.UTF_8));
    } catch (IOException e) {
      return Optional.empty(); // as where there is no such file
    }
  }

  /**
   * Prepares a model for this processor.
   *
   * @param model an ONNX file
   * @param prepared where what was made of it goes; loaded once, so that it is known to be whole
   * @param weights where its weights go, a file of the same folder, which the runtime maps into
   *     memory instead of reading it; it must keep its name
   * @throws MalformedModelException if the runtime cannot use the model, or cannot write
   */
  public static void write(Path model, Path prepared, Path weights) {
    OrtEnvironment environment = RuntimeEnvironment.get();
    try (SessionOptions settings = new SessionOptions()) {
      settings.setOptimizedModelFilePath(prepared.toString());
      settings.addConfigEntry(
          "session.optimized_model_external_initializers_file_name",
          weights.getFileName().toString());
      settings.addConfigEntry(
          "session.optimized_model_external_initializers_min_size_in_bytes", LEAST_BYTES);
      open(environment, model, settings);
    } catch (OrtException e) {
      throw failed(model, e);
    }
    try (SessionOptions settings = new SessionOptions()) {
      open(environment, prepared, settings);
    } catch (OrtException e) {
      throw failed(prepared, e);
    }
  }

  @SuppressWarnings("try") // the session is only opened
  private static void open(OrtEnvironment environment, Path model, SessionOptions settings)
      throws OrtException {
    settings.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
    settings.setSessionLogLevel(RuntimeEnvironment.loggingLevel());
    if (RuntimeEnvironment.BYTES_OVERFLOW) {
      settings.addConfigEntry(RuntimeEnvironment.EXACT_BYTES, "1");
    }
    try (OrtSession session = environment.createSession(model.toString(), settings)) {
      session.getNumInputs();
    }
  }

  private static MalformedModelException failed(Path model, OrtException e) {
    return new MalformedModelException(
        "onnx runtime cannot prepare model file " + model + ": " + e.getMessage(), e);
  }
}
