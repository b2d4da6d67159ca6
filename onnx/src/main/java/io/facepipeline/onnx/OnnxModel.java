package io.facepipeline.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.google.common.hash.Hashing;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A model on ONNX Runtime with one float input. Thread-safe: any number of threads may run it at
 * once. It owns native memory, which only {@link #close} frees.
 */
public final class OnnxModel implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(OnnxModel.class.getName());

  private final OrtEnvironment environment;
  private final OrtSession session;
  private final ExecutionProvider provider;
  private final String name;
  private final String sha256;
  private final String input;
  private final List<String> outputs;
  private final Map<String, String> metadata;

  /** Runs share it; closing takes it alone, and so waits for them. */
  private final ReadWriteLock lock = new ReentrantReadWriteLock();

  private boolean closed;

  private OnnxModel(
      OrtEnvironment environment,
      OrtSession session,
      ExecutionProvider provider,
      String name,
      String sha256)
      throws OrtException {
    this.environment = environment;
    this.session = session;
    this.provider = provider;
    this.name = name;
    this.sha256 = sha256;
    if (session.getInputNames().size() != 1) {
      throw new MalformedModelException(
          name + ": a model with one input is wanted, this one has " + session.getInputNames());
    }
    this.input = session.getInputNames().iterator().next();
    this.outputs = List.copyOf(session.getOutputNames());
    this.metadata = Map.copyOf(session.getMetadata().getCustomMetadata());
  }

  /**
   * Opens a model file.
   *
   * @param file an ONNX file
   * @param options how to run it
   * @return the model; the caller closes it
   * @throws MalformedModelException if the file cannot be read or is not a model that the runtime
   *     accepts
   */
  public static OnnxModel load(Path file, OnnxOptions options) {
    try {
      return load(Files.readAllBytes(file), file.toString(), options);
    } catch (IOException e) {
      throw new MalformedModelException(
          "the model file " + file + " cannot be read; check its name and rights: " + e, e);
    }
  }

  /**
   * Opens a model in memory. If the execution provider does not work here, the CPU takes its place,
   * a warning is logged, and {@link #provider} tells.
   *
   * @param model the bytes of an ONNX file
   * @param name what messages call the model
   * @param options how to run it
   * @return the model; the caller closes it
   * @throws MalformedModelException if the runtime does not accept the model
   */
  public static OnnxModel load(byte[] model, String name, OnnxOptions options) {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    ExecutionProvider provider = options.provider();
    try (OrtSession.SessionOptions settings = new OrtSession.SessionOptions()) {
      settings.setIntraOpNumThreads(options.intraOpThreads());
      settings.setInterOpNumThreads(1);
      provider = addProvider(settings, provider, name);
      OrtSession session = environment.createSession(model, settings);
      try {
        String hash = Hashing.sha256().hashBytes(model).toString();
        return new OnnxModel(environment, session, provider, name, hash);
      } catch (OrtException | RuntimeException e) {
        session.close();
        throw e;
      }
    } catch (OrtException e) {
      throw new MalformedModelException(
          name + ": ONNX Runtime does not accept the model: " + e.getMessage(), e);
    }
  }

  private static ExecutionProvider addProvider(
      OrtSession.SessionOptions settings, ExecutionProvider wanted, String name) {
    try {
      wanted.addTo(settings);
      return wanted;
    } catch (OrtException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "{0}: the execution provider {1} does not work here, so the CPU runs the model: {2}",
          name,
          wanted,
          e.getMessage());
      return ExecutionProvider.CPU;
    }
  }

  /**
   * Runs the model.
   *
   * @param values the input, from the buffer's position to its limit: a direct buffer in native
   *     byte order, which is read without a copy and must not change meanwhile
   * @param shape the input's shape
   * @return each output by name, row by row
   * @throws IllegalArgumentException if the buffer is not direct, not in native order, or does not
   *     fill the shape
   * @throws InferenceException if the runtime fails
   * @throws IllegalStateException if the model is closed
   */
  public Map<String, float[]> run(FloatBuffer values, long... shape) {
    requireUsable(values, shape);
    lock.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException("the model " + name + " is closed");
      }
      try (OnnxTensor tensor = OnnxTensor.createTensor(environment, values, shape);
          OrtSession.Result result = session.run(Map.of(input, tensor))) {
        Map<String, float[]> all = new LinkedHashMap<>();
        for (Map.Entry<String, OnnxValue> output : result) {
          all.put(output.getKey(), floats(output.getKey(), output.getValue()));
        }
        return all;
      }
    } catch (OrtException e) {
      throw new InferenceException(
          name
              + ": ONNX Runtime failed on an input of "
              + Arrays.toString(shape)
              + ": "
              + e.getMessage(),
          e);
    } finally {
      lock.readLock().unlock();
    }
  }

  private float[] floats(String output, OnnxValue value) {
    if (value instanceof OnnxTensor tensor) {
      FloatBuffer buffer = tensor.getFloatBuffer();
      if (buffer != null) {
        float[] copy = new float[buffer.remaining()];
        buffer.get(copy);
        return copy;
      }
    }
    throw new InferenceException(
        name + ": the output " + output + " is not a tensor of floats but " + value.getInfo(),
        null);
  }

  private static void requireUsable(FloatBuffer values, long... shape) {
    long size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    if (!values.isDirect() || !values.order().equals(ByteOrder.nativeOrder())) {
      throw new IllegalArgumentException(
          "the input must be a direct buffer in native byte order; allocate it with"
              + " ByteBuffer.allocateDirect(...).order(ByteOrder.nativeOrder()).asFloatBuffer()");
    }
    if (values.remaining() != size) {
      throw new IllegalArgumentException(
          "an input of "
              + Arrays.toString(shape)
              + " has "
              + size
              + " numbers, the buffer holds "
              + values.remaining());
    }
  }

  /** {@return what messages call the model} */
  public String name() {
    return name;
  }

  /** {@return the names of the outputs} */
  public List<String> outputs() {
    return outputs;
  }

  /** {@return the model's metadata} */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** {@return the SHA-256 of the model's bytes, in hexadecimal} */
  public String sha256() {
    return sha256;
  }

  /** {@return what really runs the model} */
  public ExecutionProvider provider() {
    return provider;
  }

  /** Frees the model after the runs that have begun. Further calls do nothing. */
  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        session.close();
      }
    } catch (OrtException e) {
      throw new InferenceException(name + ": closing the model failed: " + e.getMessage(), e);
    } finally {
      lock.writeLock().unlock();
    }
  }

  @Override
  public String toString() {
    return name + " on " + provider;
  }
}
