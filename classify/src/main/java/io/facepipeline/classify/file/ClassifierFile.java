package io.facepipeline.classify.file;

import com.google.common.hash.Hashing;
import io.facepipeline.classify.ClassifierException;
import io.facepipeline.classify.ClassifierException.Reason;
import io.facepipeline.classify.ClassifierKind;
import io.facepipeline.classify.TrainingReport;
import io.facepipeline.classify.training.LogisticCurve;
import io.facepipeline.internal.Labels;
import io.facepipeline.internal.WholeFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The file of a trained classifier, format version 1, big endian:
 *
 * <pre>
 * 8 bytes   "FACECLAS"
 * int       format version
 * text      kind, then text: fingerprint of the embedder    (a text: int length, UTF-8)
 * int       number of people, then a text each
 * double    slope and double intercept of the curve, float threshold
 * summary   int photos, int embeddings, text augmentation, long seed,
 *           int n, n times text and double (hyper-parameters),
 *           double accuracy, double false-accept rate, int impostor trials
 * scorer    by kind; a matrix: int rows, int columns, floats row by row
 *           svm, centroid, logistic: matrix of weights, float bias per person
 *           svm-rbf: double gamma, matrix of support vectors, matrix of coefficients, biases
 *           knn: int k, matrix of vectors, int person per vector
 * 32 bytes  SHA-256 of all before
 * </pre>
 */
public final class ClassifierFile {
  public static final int VERSION = 1;

  private static final byte[] MAGIC = "FACECLAS".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER = MAGIC.length + Integer.BYTES;
  private static final int CHECKSUM = 32;
  private static final int SMALLEST_TEXT = Integer.BYTES;

  private ClassifierFile() {}

  public static void write(Path file, ClassifierState state) {
    WholeFile.deleteAbandonedPartsOf(file);
    try {
      WholeFile.write(file, WholeFile.Access.OWNER, bytes(state));
    } catch (IOException e) {
      throw new ClassifierException(
          file, Reason.IO, "cannot be written; check the folder and the free space: " + e, e);
    }
  }

  public static ClassifierState read(Path file) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new ClassifierException(file, Reason.IO, "cannot be read: " + e, e);
    }
    return parse(file, bytes);
  }

  /** The classifier in the bytes of a file. */
  public static ClassifierState parse(Path file, byte[] bytes) {
    requireWhole(file, bytes);
    FileInput in =
        new FileInput(ByteBuffer.wrap(bytes, HEADER, bytes.length - HEADER - CHECKSUM).slice());
    try {
      ClassifierState state = state(in);
      in.requireEnd();
      return state;
    } catch (FileInput.Malformed e) {
      throw damaged(file, String.valueOf(e.getMessage()));
    }
  }

  private static void requireWhole(Path file, byte[] bytes) {
    if (bytes.length < HEADER || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw new ClassifierException(
          file,
          Reason.NOT_A_CLASSIFIER,
          "is not a classifier saved by this library; use a file that 'save' wrote",
          null);
    }
    int version = ByteBuffer.wrap(bytes).getInt(MAGIC.length);
    if (version > VERSION) {
      throw new ClassifierException(
          file,
          Reason.NEWER_VERSION,
          "has format version "
              + version
              + ", but this library reads up to "
              + VERSION
              + "; use a newer version of the library",
          null);
    }
    if (version < 1) {
      throw damaged(file, "it has format version " + version);
    }
    if (bytes.length < HEADER + CHECKSUM) {
      throw damaged(file, "it ends after " + bytes.length + " bytes");
    }
    int length = bytes.length - CHECKSUM;
    if (!Arrays.equals(checksum(bytes, length), 0, CHECKSUM, bytes, length, bytes.length)) {
      throw damaged(file, "its checksum is wrong");
    }
  }

  private static ClassifierException damaged(Path file, String how) {
    return new ClassifierException(
        file,
        Reason.DAMAGED,
        "is damaged: " + how + "; restore it from a copy or train the classifier again",
        null);
  }

  private static byte[] checksum(byte[] bytes, int length) {
    return Hashing.sha256().hashBytes(bytes, 0, length).asBytes();
  }

  public static byte[] bytes(ClassifierState state) {
    FileOutput out = new FileOutput();
    out.putText(state.kind().id());
    out.putText(state.embedder());
    out.putInt(state.labels().size());
    state.labels().forEach(out::putText);
    out.putDouble(state.rejection().curve().slope());
    out.putDouble(state.rejection().curve().intercept());
    out.putFloat(state.rejection().threshold());
    put(out, state.summary());
    state.scorer().write(out);
    return sealed(VERSION, out.toBytes());
  }

  /** The content between the header and the checksum. */
  public static byte[] sealed(int version, byte[] content) {
    byte[] bytes = new byte[HEADER + content.length + CHECKSUM];
    ByteBuffer.wrap(bytes).put(MAGIC).putInt(version).put(content);
    int length = HEADER + content.length;
    System.arraycopy(checksum(bytes, length), 0, bytes, length, CHECKSUM);
    return bytes;
  }

  private static void put(FileOutput out, TrainingReport.Summary summary) {
    out.putInt(summary.photos());
    out.putInt(summary.embeddings());
    out.putText(summary.augmentation());
    out.putLong(summary.seed());
    out.putInt(summary.hyperparameters().size());
    summary
        .hyperparameters()
        .forEach(
            (name, value) -> {
              out.putText(name);
              out.putDouble(value);
            });
    out.putDouble(summary.accuracy());
    out.putDouble(summary.falseAcceptRate());
    out.putInt(summary.impostorTrials());
  }

  private static ClassifierState state(FileInput in) {
    String name = in.text();
    in.require(ClassifierKind.ids().contains(name), "a known kind of classifier, but " + name);
    ClassifierKind kind = ClassifierKind.named(name);
    String embedder = in.text();
    int people = in.count(SMALLEST_TEXT);
    in.require(people >= 2, "two people");
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < people; i++) {
      labels.add(in.text());
    }
    in.require(new HashSet<>(labels).size() == people, "a distinct label for each person");
    // Written before labels were composed; two forms of one label stay two, as they were trained.
    List<String> composed = labels.stream().map(Labels::normalize).toList();
    if (new HashSet<>(composed).size() == people) {
      labels = composed;
    }
    LogisticCurve curve = new LogisticCurve(in.number(), in.number());
    in.require(curve.slope() > 0, "a rising curve");
    Rejection rejection = new Rejection(curve, in.smallNumber());
    TrainingReport.Summary summary = summary(in);
    return new ClassifierState(
        kind, embedder, List.copyOf(labels), Scorer.read(kind, in, people), rejection, summary);
  }

  private static TrainingReport.Summary summary(FileInput in) {
    int photos = in.integer();
    int embeddings = in.integer();
    String augmentation = in.text();
    long seed = in.longInteger();
    int count = in.count(SMALLEST_TEXT + Double.BYTES);
    SortedMap<String, Double> hyperparameters = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      hyperparameters.put(in.text(), in.number());
    }
    return new TrainingReport.Summary(
        photos,
        embeddings,
        augmentation,
        seed,
        hyperparameters,
        in.number(),
        in.number(),
        in.integer());
  }
}
