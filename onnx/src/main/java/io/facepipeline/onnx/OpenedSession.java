package io.facepipeline.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.facepipeline.onnx.internal.RuntimeEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * A session of ONNX Runtime, to be closed.
 *
 * @param session the session
 * @param provider what it runs on
 */
record OpenedSession(OrtSession session, OnnxOptions.Provider provider) {
  private static final System.Logger LOG = System.getLogger(OnnxModel.class.getName());

  /**
   * Where a model comes from. A file is left to the runtime: read here, it would be in memory twice
   * more, on the heap and as a copy for native code.
   */
  @FunctionalInterface
  interface Source {
    OrtSession open(OrtEnvironment environment, SessionOptions settings) throws OrtException;
  }

  /** Opens a session on the provider wanted, or on the processor where that is not usable. */
  static OpenedSession open(
      OrtEnvironment environment, Source source, String what, OnnxOptions options) {
    @Nullable OrtException failure = null;
    if (!options.provider().equals(OnnxOptions.Provider.CPU)) {
      try {
        return new OpenedSession(
            session(environment, source, options, options.provider()), options.provider());
      } catch (OrtException e) {
        failure = e;
      }
    }
    try {
      OrtSession session = session(environment, source, options, OnnxOptions.Provider.CPU);
      if (failure != null) {
        LOG.log(
            System.Logger.Level.WARNING,
            "execution provider "
                + options.provider()
                + " is not usable; running on the cpu instead: "
                + failure.getMessage());
      }
      return new OpenedSession(session, OnnxOptions.Provider.CPU);
    } catch (OrtException e) {
      if (failure != null) {
        e.addSuppressed(failure);
      }
      throw new MalformedModelException(
          "onnx runtime cannot load "
              + what
              + " ("
              + e.getMessage()
              + "); fetch or export it again",
          e);
    }
  }

  private static OrtSession session(
      OrtEnvironment environment, Source source, OnnxOptions options, OnnxOptions.Provider provider)
      throws OrtException {
    try (SessionOptions settings = new SessionOptions()) {
      settings.setIntraOpNumThreads(options.intraOpThreads());
      settings.addConfigEntry("session.intra_op.allow_spinning", options.spinning() ? "1" : "0");
      settings.setSessionLogLevel(RuntimeEnvironment.loggingLevel());
      settings.setOptimizationLevel(options.optimized() ? OptLevel.ALL_OPT : OptLevel.NO_OPT);
      if (RuntimeEnvironment.BYTES_OVERFLOW) {
        settings.addConfigEntry(RuntimeEnvironment.EXACT_BYTES, "1");
      }
      provider.addTo(settings);
      return source.open(environment, settings);
    }
  }
}
