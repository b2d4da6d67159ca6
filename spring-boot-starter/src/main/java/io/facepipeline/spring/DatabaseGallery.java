package io.facepipeline.spring;

import io.facepipeline.FaceClassifier;
import io.facepipeline.jdbc.JdbcGallery;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.util.ClassUtils;

/** A gallery in the application's database. What it needs is there, or the application fails. */
final class DatabaseGallery {
  private DatabaseGallery() {}

  /** Where the properties say that the gallery is. */
  static FaceClassifier.Factory of(
      FacePipelineProperties properties, ObjectProvider<DataSource> database) {
    if (properties.gallery().path() != null || properties.gallery().readOnly()) {
      throw new IllegalArgumentException(
          "facepipeline.gallery.jdbc puts the gallery into the database; leave"
              + " facepipeline.gallery.path and facepipeline.gallery.read-only out");
    }
    if (!ClassUtils.isPresent("io.facepipeline.jdbc.JdbcGallery", null)) {
      throw new IllegalStateException(
          "facepipeline.gallery.jdbc needs facepipeline-jdbc; add it to the dependencies");
    }
    DataSource source = database.getIfUnique();
    if (source == null) {
      throw new IllegalStateException(
          "facepipeline.gallery.jdbc needs one DataSource, and there is "
              + (database.stream().findAny().isEmpty() ? "none" : "more than one, none primary")
              + "; set spring.datasource.url, or make JdbcGallery.in(dataSource) a bean");
    }
    return Opening.of(properties, source);
  }

  /** Apart, since its class may be missing. */
  private static final class Opening {
    static FaceClassifier.Factory of(FacePipelineProperties properties, DataSource source) {
      JdbcGallery gallery =
          JdbcGallery.in(source)
              .name(properties.gallery().name())
              .parallelism(properties.threads());
      Float threshold = properties.gallery().threshold();
      if (threshold != null) {
        gallery.threshold(threshold);
      }
      return gallery;
    }
  }
}
