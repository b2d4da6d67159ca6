package io.facepipeline.spring;

import io.facepipeline.models.DefaultModels;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of an application's pipeline.
 *
 * @param enabled Whether there is a pipeline at all.
 * @param detector Detector: an id of the catalog, an ONNX file of a one-stage detector, or a file
 *     or folder of MTCNN's weights.
 * @param embedder Embedder: an id of the catalog, a checkpoint, or an ONNX file.
 * @param mirrored Whether each face is embedded together with its mirror image: more accurate, half
 *     as fast.
 * @param minFaceSize Side of the smallest face to be found, in pixels.
 * @param threads Threads of the pipeline, which all calls share. Requests run in parallel by
 *     themselves.
 * @param verificationThreshold Lowest cosine similarity of the same person. The default is that of
 *     the embedder's card.
 * @param models Folders of models, searched before all others.
 * @param cache Folder for downloaded and converted models.
 * @param offline Whether downloads are forbidden. By default the environment decides.
 * @param acceptLicenses Ids of models whose restricted licenses are accepted.
 * @param commercialUseOnly Whether models are refused whose authors do not state that commercial
 *     use is allowed, the default ones among them.
 * @param gallery The people who are known.
 * @param problemDetails What is answered over HTTP when a call fails.
 */
@ConfigurationProperties("facepipeline")
record FacePipelineProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue(DefaultModels.DETECTOR) String detector,
    @DefaultValue(DefaultModels.EMBEDDER) String embedder,
    @DefaultValue("false") boolean mirrored,
    @DefaultValue("20") int minFaceSize,
    @DefaultValue("1") int threads,
    @Nullable Float verificationThreshold,
    @DefaultValue List<Path> models,
    @Nullable Path cache,
    @Nullable Boolean offline,
    @DefaultValue List<String> acceptLicenses,
    @DefaultValue("false") boolean commercialUseOnly,
    @DefaultValue Gallery gallery,
    @DefaultValue ProblemDetails problemDetails) {

  /**
   * The people who are known.
   *
   * @param path Folder of the gallery, created if it does not exist. Without one, the gallery is in
   *     memory, and forgotten at the end.
   * @param readOnly Whether the gallery's folder is only read.
   * @param jdbc Whether the gallery is in the database of the application's DataSource, which many
   *     instances share. Needs facepipeline-jdbc.
   * @param name Which of the database's galleries it is.
   * @param threshold Lowest cosine similarity of a known person. The default is that of the
   *     embedder's card.
   */
  record Gallery(
      @Nullable Path path,
      @DefaultValue("false") boolean readOnly,
      @DefaultValue("false") boolean jdbc,
      @DefaultValue(DEFAULT_NAME) String name,
      @Nullable Float threshold) {
    static final String DEFAULT_NAME = "default";
  }

  /**
   * What is answered over HTTP when a call fails.
   *
   * @param enabled Whether the library's exceptions are answered as problem details (RFC 9457).
   */
  record ProblemDetails(@DefaultValue("true") boolean enabled) {}
}
