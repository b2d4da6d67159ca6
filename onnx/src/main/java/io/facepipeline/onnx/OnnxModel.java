package io.facepipeline.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.facepipeline.onnx.internal.ModelScan;
import io.facepipeline.onnx.internal.OnnxContent;
import io.facepipeline.onnx.internal.RuntimeEnvironment;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A model with one float32 input on ONNX Runtime. Thread-safe: runs may overlap, and {@link
 * #close()} waits for running ones. Holds native memory until it is closed.
 */
public final class OnnxModel implements AutoCloseable {
  /** The runtime's own name of a setting: where a model in memory has its other files. */
  private static final String EXTERNAL_FOLDER =
      "session.model_external_initializers_file_folder_path";

  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final OnnxOptions.Provider provider;
  private final TensorBuffers buffers;
  private final Map<String, String> metadata;
  private final boolean dependsOnBatch;
  private boolean closed;

  private OnnxModel(OrtEnvironment environment, OpenedSession opened, boolean dependsOnBatch)
      throws OrtException {
    this.dependsOnBatch = dependsOnBatch;
    this.environment = environment;
    session = opened.session();
    provider = opened.provider();
    buffers = TensorBuffers.of(session);
    metadata = Map.copyOf(session.getMetadata().getCustomMetadata());
  }

  /**
   * Loads a model file. External weights must be in its folder or below.
   *
   * @param file the file
   * @param options how to run it
   * @return the model; the caller closes it
   * @throws ModelNotFoundException if there is no such file or it cannot be read
   * @throws MalformedModelException if the runtime cannot use it, if it names a file outside its
   *     folder, or has control flow that the options do not allow
   * @throws InferenceException if the runtime cannot be loaded
   */
  public static OnnxModel load(Path file, OnnxOptions options) {
    if (!Files.exists(file)) {
      throw new ModelNotFoundException(
          "model file " + file + " does not exist; fetch or convert it first");
    }
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new ModelNotFoundException(
          "model file " + file + " cannot be read; check that it is a readable file");
    }
    String what = "model file " + file;
    ModelScan scan = OnnxContent.scan(file);
    scan.check(what, ModelScan.folderOf(file), options);
    return load(
        scan,
        (environment, settings) -> environment.createSession(file.toString(), settings),
        what,
        options);
  }

  /**
   * Loads a model from its file's content. If the requested provider is missing or fails, the model
   * runs on the processor, a warning is logged, and {@link #provider()} tells.
   *
   * @param file the content of an ONNX file that holds all its weights
   * @param options how to run it
   * @return the model; the caller closes it
   * @throws MalformedModelException if the runtime cannot use it, or it keeps weights in other
   *     files
   * @throws InferenceException if the runtime cannot be loaded
   */
  public static OnnxModel load(byte[] file, OnnxOptions options) {
    return load(file, null, options);
  }

  /**
   * Loads a model from its file's content, with the folder of its external weights.
   *
   * @param file the content of an ONNX file
   * @param folder the folder of its external weights; null for none
   * @param options how to run it
   * @return the model; the caller closes it
   * @throws MalformedModelException if the runtime cannot use it, or it names a file outside the
   *     folder
   * @throws InferenceException if the runtime cannot be loaded
   */
  public static OnnxModel load(byte[] file, @Nullable Path folder, OnnxOptions options) {
    String what = "the model of " + file.length + " bytes";
    ModelScan scan = ModelScan.of(file);
    scan.check(what, folder, options);
    return load(
        scan,
        (environment, settings) -> {
          if (folder != null && scan.hasExternalData()) {
            settings.addConfigEntry(EXTERNAL_FOLDER, folder.toAbsolutePath().toString());
          }
          return environment.createSession(file, settings);
        },
        what,
        options);
  }

  private static OnnxModel load(
      ModelScan scan, OpenedSession.Source source, String what, OnnxOptions options) {
    OrtEnvironment environment = RuntimeEnvironment.get();
    OpenedSession opened = OpenedSession.open(environment, source, what, options);
    try {
      return new OnnxModel(environment, opened, scan.dependsOnBatch());
    } catch (OrtException | RuntimeException e) {
      try {
        opened.session().close();
      } catch (OrtException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e instanceof RuntimeException unchecked
          ? unchecked
          : new MalformedModelException(
              "the model's inputs and outputs cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * The provider in use.
   *
   * @return the requested provider, or the processor if that was not usable
   */
  public OnnxOptions.Provider provider() {
    return provider;
  }

  /**
   * The input's name.
   *
   * @return the name
   */
  public String inputName() {
    return buffers.name();
  }

  /**
   * The input's shape.
   *
   * @return a copy; -1 for an extent known only when the model runs
   */
  public long[] inputShape() {
    return buffers.shape();
  }

  /**
   * The outputs with their shapes.
   *
   * @return a copy in the model's order; -1 for an extent known only when the model runs
   */
  public Map<String, long[]> outputs() {
    return buffers.outputs();
  }

  /**
   * The metadata that the file carries.
   *
   * @return unmodifiable
   */
  public Map<String, String> metadata() {
    return metadata;
  }

  /**
   * {@return whether the result for one row of a batch depends on the other rows, as with dynamic
   * quantization, which uses the range of the whole batch: run such a model row by row}
   */
  public boolean dependsOnBatch() {
    return dependsOnBatch;
  }

  /**
   * Runs the model for all of its outputs.
   *
   * @param input a direct buffer in native byte order that holds exactly the shape's number of
   *     values between position and limit, which do not change; nobody may write to it before the
   *     call returns
   * @param shape the input's extents, all at least 1, that agree with {@link #inputShape()}
   * @return the values of each output in row-major order, by name
   * @throws IllegalArgumentException if buffer and shape do not fit
   * @throws IllegalStateException if the model is closed
   * @throws InferenceException if the runtime fails or an output is not a float32 tensor
   */
  public Map<String, float[]> run(FloatBuffer input, long[] shape) {
    return run(
        input,
        shape,
        results -> {
          Map<String, float[]> values = new LinkedHashMap<>();
          buffers.outputNames().forEach(name -> values.put(name, results.values(name)));
          return Collections.unmodifiableMap(values);
        });
  }

  /** Runs the model and lends its outputs to a function, which must not close the model. */
  <T extends @Nullable Object> T run(
      FloatBuffer input, long[] shape, Function<OnnxOutputs, T> use) {
    buffers.check(input, shape);
    lock.readLock().lock();
    try {
      requireOpen();
      try (OnnxTensor tensor = OnnxTensor.createTensor(environment, input.slice(), shape);
          OrtSession.Result result = session.run(Map.of(buffers.name(), tensor))) {
        OnnxOutputs view = new OnnxOutputs(result);
        try {
          return use.apply(view);
        } finally {
          view.invalidate();
        }
      } catch (OrtException e) {
        throw failed(shape, e);
      }
    } finally {
      lock.readLock().unlock();
    }
  }

  /**
   * Runs a model with one output, which is written directly into the caller's buffer, without
   * copies and with almost no allocation.
   *
   * @param input as for {@link #run(FloatBuffer, long[])}
   * @param shape as for {@link #run(FloatBuffer, long[])}
   * @param output a direct buffer in native byte order with room for exactly the output between
   *     position and limit, which do not change; nobody else may touch it before the call returns
   * @param outputShape the output's extents
   * @throws IllegalArgumentException if the buffers and shapes do not fit, or the model has several
   *     outputs
   * @throws IllegalStateException if the model is closed
   * @throws InferenceException if the runtime fails, for example because the output has another
   *     shape
   */
  public void run(FloatBuffer input, long[] shape, FloatBuffer output, long[] outputShape) {
    if (buffers.outputNames().size() != 1) {
      throw new IllegalArgumentException(
          "the model has the outputs "
              + buffers.outputNames()
              + "; name the one to write in place");
    }
    run(input, shape, buffers.outputNames().iterator().next(), output, outputShape);
  }

  /**
   * Runs a model for one output, which is written directly into the caller's buffer, without copies
   * and with almost no allocation. The runtime creates no Java objects for the results, so a full
   * heap does not matter for them.
   *
   * @param input as for {@link #run(FloatBuffer, long[])}
   * @param shape as for {@link #run(FloatBuffer, long[])}
   * @param name the output's name
   * @param output a direct buffer in native byte order with room for exactly the output between
   *     position and limit, which do not change; nobody else may touch it before the call returns
   * @param outputShape the output's extents
   * @throws IllegalArgumentException if the buffers and shapes do not fit, or there is no such
   *     output
   * @throws IllegalStateException if the model is closed
   * @throws InferenceException if the runtime fails, for example because the output has another
   *     shape
   */
  public void run(
      FloatBuffer input, long[] shape, String name, FloatBuffer output, long[] outputShape) {
    run(input, shape, Map.of(name, output), Map.of(name, outputShape));
  }

  /**
   * Runs the model for several outputs, which are written directly into the caller's buffers, as in
   * {@link #run(FloatBuffer, long[], String, FloatBuffer, long[])}.
   *
   * @param input as for {@link #run(FloatBuffer, long[])}
   * @param shape as for {@link #run(FloatBuffer, long[])}
   * @param results a direct buffer for each wanted output, by name, each as there
   * @param resultShapes the extents of each of these outputs, by name
   * @throws IllegalArgumentException if the buffers and shapes do not fit, or there is no such
   *     output
   * @throws IllegalStateException if the model is closed
   * @throws InferenceException if the runtime fails, for example because an output has another
   *     shape
   */
  public void run(
      FloatBuffer input,
      long[] shape,
      Map<String, FloatBuffer> results,
      Map<String, long[]> resultShapes) {
    buffers.check(input, shape);
    buffers.checkOutputs(results, resultShapes);
    Map<String, OnnxTensor> pinned = new LinkedHashMap<>();
    lock.readLock().lock();
    try {
      requireOpen();
      try (OnnxTensor in = OnnxTensor.createTensor(environment, input.slice(), shape)) {
        for (Map.Entry<String, FloatBuffer> one : results.entrySet()) {
          FloatBuffer values = one.getValue().slice();
          long[] extents = Objects.requireNonNull(resultShapes.get(one.getKey()));
          pinned.put(one.getKey(), OnnxTensor.createTensor(environment, values, extents));
        }
        try (OrtSession.Result result = session.run(Map.of(buffers.name(), in), pinned)) {
          // The result names the caller's own tensors and holds nothing else.
          result.size();
        }
      } catch (OrtException e) {
        throw failed(shape, e);
      } finally {
        pinned.values().forEach(OnnxTensor::close);
      }
    } finally {
      lock.readLock().unlock();
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the model is closed; load it again to run it");
    }
  }

  private static InferenceException failed(long[] shape, OrtException cause) {
    return new InferenceException(
        "onnx runtime failed on an input of shape "
            + Arrays.toString(shape)
            + ": "
            + cause.getMessage(),
        cause);
  }

  /**
   * Runs the model for one output.
   *
   * @param input as for {@link #run(FloatBuffer, long[])}
   * @param shape as for {@link #run(FloatBuffer, long[])}
   * @param output the output's name
   * @return its values in row-major order
   * @throws IllegalArgumentException if buffer and shape do not fit, or there is no such output
   * @throws IllegalStateException if the model is closed
   * @throws InferenceException if the runtime fails or the output is not a float32 tensor
   */
  public float[] run(FloatBuffer input, long[] shape, String output) {
    return run(input, shape, results -> results.values(output));
  }

  /**
   * Frees the native memory after running calls have ended; later calls do nothing.
   *
   * @throws InferenceException if the runtime cannot release the model
   */
  @Override
  public void close() {
    if (lock.getReadHoldCount() > 0) {
      throw new IllegalStateException(
          "a run's callback must not close its model; close it after the run");
    }
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        session.close();
      }
    } catch (OrtException e) {
      throw new InferenceException("onnx runtime cannot close the model: " + e.getMessage(), e);
    } finally {
      lock.writeLock().unlock();
    }
  }
}
