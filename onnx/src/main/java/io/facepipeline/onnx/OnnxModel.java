package io.facepipeline.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.facepipeline.onnx.internal.ModelScan;
import io.facepipeline.onnx.internal.RuntimeEnvironment;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
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
  private final ExecutionProvider provider;
  private final String inputName;
  private final long[] inputShape;
  private final Map<String, long[]> outputs;
  private final Map<String, String> metadata;
  private final boolean dependsOnBatch;
  private boolean closed;

  private OnnxModel(OrtEnvironment environment, OpenedSession opened, boolean dependsOnBatch)
      throws OrtException {
    this.dependsOnBatch = dependsOnBatch;
    this.environment = environment;
    session = opened.session();
    provider = opened.provider();
    Map<String, NodeInfo> inputs = session.getInputInfo();
    if (inputs.size() != 1) {
      throw new MalformedModelException(
          "the model has the inputs "
              + inputs.keySet()
              + " but needs exactly one; export it with one");
    }
    NodeInfo input = inputs.values().iterator().next();
    if (!(input.getInfo() instanceof TensorInfo tensor) || tensor.type != OnnxJavaType.FLOAT) {
      throw new MalformedModelException(
          "input '"
              + input.getName()
              + "' is "
              + input.getInfo()
              + " but must be a float32 tensor; put a cast in front of it");
    }
    inputName = input.getName();
    inputShape = tensor.getShape().clone();
    outputs = new LinkedHashMap<>();
    for (NodeInfo output : session.getOutputInfo().values()) {
      outputs.put(
          output.getName(),
          output.getInfo() instanceof TensorInfo t ? t.getShape().clone() : new long[0]);
    }
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
   * @throws NativeLibraryException if the runtime cannot be loaded
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
    ModelScan scan = scan(file);
    scan.check(what, ModelScan.folderOf(file), options);
    return load(
        scan,
        (environment, settings) -> environment.createSession(file.toString(), settings),
        what,
        options);
  }

  private static ModelScan scan(Path file) {
    try {
      return ModelScan.of(file);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static ModelNotFoundException unreadable(Path file, IOException e) {
    return new ModelNotFoundException(
        "model file " + file + " cannot be read (" + e + "); check its name and rights", e);
  }

  /**
   * {@return whether a model keeps weights in other files}
   *
   * @param file the model's file
   * @throws ModelNotFoundException if it cannot be read
   * @throws MalformedModelException if it is not an ONNX model
   */
  public static boolean hasExternalData(Path file) {
    return scan(file).hasExternalData();
  }

  /**
   * {@return the SHA-256 that identifies a model: that of its file, or, with external weights, one
   * over the hashes of all files}
   *
   * @param file the model's file
   * @throws ModelNotFoundException if it cannot be read
   * @throws MalformedModelException if it is not an ONNX model, or its weights are not in its
   *     folder
   */
  public static String sha256(Path file) {
    try {
      return scan(file).sha256(file);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /**
   * {@return the content of a model's file; external weights are put inside, so that it needs no
   * other file}
   *
   * @param file the model's file
   * @throws ModelNotFoundException if it cannot be read
   * @throws MalformedModelException if it is not an ONNX model, its weights are not in its folder
   *     or do not fill their tensors, or all together reach the 2 GiB that Protocol Buffers allows
   */
  public static byte[] readWhole(Path file) {
    try {
      return scan(file).whole(file);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
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
   * @throws NativeLibraryException if the runtime cannot be loaded
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
   * @throws NativeLibraryException if the runtime cannot be loaded
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
  public ExecutionProvider provider() {
    return provider;
  }

  /**
   * The input's name.
   *
   * @return the name
   */
  public String inputName() {
    return inputName;
  }

  /**
   * The input's shape.
   *
   * @return a copy; -1 for an extent known only when the model runs
   */
  public long[] inputShape() {
    return inputShape.clone();
  }

  /**
   * The outputs with their shapes.
   *
   * @return a copy in the model's order; -1 for an extent known only when the model runs
   */
  public Map<String, long[]> outputs() {
    Map<String, long[]> copy = new LinkedHashMap<>();
    outputs.forEach((name, shape) -> copy.put(name, shape.clone()));
    return Collections.unmodifiableMap(copy);
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
   * Runs the model.
   *
   * @param input a direct buffer in native byte order that holds exactly the shape's number of
   *     values between position and limit, which do not change; nobody may write to it before the
   *     call returns
   * @param shape the input's extents, all at least 1, that agree with {@link #inputShape()}
   * @param use reads the outputs; it must not close the model, and the outputs are invalid after it
   *     returns
   * @param <T> the type of its result
   * @return the result of {@code use}
   * @throws IllegalArgumentException if buffer and shape do not fit
   * @throws IllegalStateException if the model is closed
   * @throws InferenceException if the runtime fails
   */
  public <T extends @Nullable Object> T run(
      FloatBuffer input, long[] shape, Function<OnnxOutputs, T> use) {
    check(input, shape);
    lock.readLock().lock();
    try {
      requireOpen();
      try (OnnxTensor tensor = OnnxTensor.createTensor(environment, input.slice(), shape);
          OrtSession.Result result = session.run(Map.of(inputName, tensor))) {
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
   * @param input as for {@link #run(FloatBuffer, long[], Function)}
   * @param shape as for {@link #run(FloatBuffer, long[], Function)}
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
    if (outputs.size() != 1) {
      throw new IllegalArgumentException(
          "the model has the outputs " + outputs.keySet() + "; name the one to write in place");
    }
    run(input, shape, outputs.keySet().iterator().next(), output, outputShape);
  }

  /**
   * Runs a model for one output, which is written directly into the caller's buffer, without copies
   * and with almost no allocation. The runtime creates no Java objects for the results, so a full
   * heap does not matter for them.
   *
   * @param input as for {@link #run(FloatBuffer, long[], Function)}
   * @param shape as for {@link #run(FloatBuffer, long[], Function)}
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
    check(input, shape);
    requireDirect("an output", output);
    requireCount(outputShape, output);
    if (!outputs.containsKey(name)) {
      throw new IllegalArgumentException(
          "the model has no output '" + name + "'; it has " + outputs.keySet());
    }
    lock.readLock().lock();
    try {
      requireOpen();
      try (OnnxTensor in = OnnxTensor.createTensor(environment, input.slice(), shape);
          OnnxTensor out = OnnxTensor.createTensor(environment, output.slice(), outputShape);
          OrtSession.Result result = session.run(Map.of(inputName, in), Map.of(name, out))) {
        // The result names the caller's own tensor and holds nothing else.
        result.size();
      } catch (OrtException e) {
        throw failed(shape, e);
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
   * @param input as for {@link #run(FloatBuffer, long[], Function)}
   * @param shape as for {@link #run(FloatBuffer, long[], Function)}
   * @param output the output's name
   * @return its values in row-major order
   * @throws IllegalArgumentException if buffer and shape do not fit, or there is no such output
   * @throws IllegalStateException if the model is closed
   * @throws InferenceException if the runtime fails or the output is not a float32 tensor
   */
  public float[] run(FloatBuffer input, long[] shape, String output) {
    return run(
        input,
        shape,
        outputs -> {
          FloatBuffer values = outputs.floats(output);
          float[] copy = new float[values.remaining()];
          values.get(copy);
          return copy;
        });
  }

  private static void requireDirect(String what, FloatBuffer buffer) {
    if (!buffer.isDirect() || buffer.order() != ByteOrder.nativeOrder()) {
      throw new IllegalArgumentException(
          what
              + " must be a direct buffer in native byte order, got a "
              + (buffer.isDirect() ? buffer.order() + " one" : "heap buffer")
              + "; use"
              + " ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder()).asFloatBuffer()");
    }
  }

  private void check(FloatBuffer input, long[] shape) {
    requireDirect("an input", input);
    boolean fits = shape.length == inputShape.length;
    for (int i = 0; i < shape.length; i++) {
      fits &=
          shape[i] >= 1
              && (i >= inputShape.length || inputShape[i] < 0 || inputShape[i] == shape[i]);
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "the model's input '"
              + inputName
              + "' is of shape "
              + Arrays.toString(inputShape)
              + " (-1 is any extent) but got "
              + Arrays.toString(shape));
    }
    requireCount(shape, input);
  }

  private static void requireCount(long[] shape, FloatBuffer buffer) {
    double count = 1;
    for (long extent : shape) {
      count *= extent;
    }
    if (count != buffer.remaining()) {
      throw new IllegalArgumentException(
          "shape "
              + Arrays.toString(shape)
              + " does not fit the "
              + buffer.remaining()
              + " values between the buffer's position and limit");
    }
  }

  /**
   * Frees the native memory after running calls have ended; later calls do nothing.
   *
   * @throws IllegalStateException if called from a run's callback, which would deadlock
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
