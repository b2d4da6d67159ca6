package io.facepipeline.spring;

import io.facepipeline.FacePipeline;
import io.facepipeline.Image;
import io.facepipeline.gallery.Gallery;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Looks whether a pipeline works: searches a small empty picture, which takes about a millisecond,
 * and asks the gallery. The meters are not told.
 */
record PipelineCheck(FacePipeline faces) {
  private static final int SIDE = 64;
  private static final Image EMPTY = Image.ofGrey(SIDE, SIDE, new byte[SIDE * SIDE]);

  /**
   * What there is to tell of the pipeline that works.
   *
   * @throws RuntimeException if it does not
   */
  Map<String, Object> details() {
    faces.detector().detect(EMPTY);
    Map<String, Object> details = new LinkedHashMap<>();
    faces.embedder().ifPresent(embedder -> details.put("model", embedder.card().id()));
    faces
        .classifier()
        .filter(Gallery.class::isInstance)
        .map(Gallery.class::cast)
        .ifPresent(
            gallery -> {
              Gallery.Stats stats = gallery.stats();
              details.put("people", stats.people());
              details.put("faces", stats.faces());
              details.put("readOnly", gallery.isReadOnly());
            });
    return details;
  }
}
