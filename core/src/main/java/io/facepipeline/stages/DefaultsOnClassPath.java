package io.facepipeline.stages;

import io.facepipeline.FacePipelineException;
import io.facepipeline.spi.PipelineDefaults;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * Finds the stages that a builder was not given: beside the library first, then where the thread
 * looks for classes. In plug-ins and on pools of others the two differ.
 */
public final class DefaultsOnClassPath {
  private DefaultsOnClassPath() {}

  public static Optional<PipelineDefaults> find() {
    // The library's own loader goes first: the thread's may hold another copy of the library.
    return find(PipelineDefaults.class.getClassLoader())
        .or(() -> find(Thread.currentThread().getContextClassLoader()));
  }

  private static Optional<PipelineDefaults> find(ClassLoader loader) {
    try {
      return ServiceLoader.load(PipelineDefaults.class, loader).findFirst();
    } catch (ServiceConfigurationError e) {
      throw new FacePipelineException(
          "the default models on the class path cannot be loaded; fix or remove their jar: "
              + e.getMessage(),
          e);
    }
  }
}
