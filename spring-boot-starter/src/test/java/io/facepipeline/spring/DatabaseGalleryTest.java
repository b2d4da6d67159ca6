package io.facepipeline.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.facepipeline.FacePipeline;
import io.facepipeline.Image;
import io.facepipeline.gallery.Gallery;
import io.facepipeline.jdbc.JdbcGallery;
import io.facepipeline.testkit.SharedData;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** A gallery that an application's instances share in their database. */
class DatabaseGalleryTest {
  private final ApplicationContextRunner application =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(FacePipelineAutoConfiguration.class))
          .withPropertyValues("facepipeline.gallery.jdbc=true");

  private static Image ada(int number) {
    return Image.read(SharedData.album("people/ada/ada_" + number + ".jpg"));
  }

  private static DataSource database(String name) {
    JdbcDataSource source = new JdbcDataSource();
    source.setURL("jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1");
    return source;
  }

  private ApplicationContextRunner with(DataSource source) {
    return application.withBean(DataSource.class, () -> source);
  }

  private static void assertFails(ApplicationContextRunner application, String message) {
    application.run(
        context ->
            assertThat(context.getStartupFailure()).rootCause().hasMessageContaining(message));
  }

  @Test
  void whoIsEnrolledByOneInstanceIsKnownToTheNext() {
    DataSource source = database("shared");
    with(source)
        .run(
            context -> {
              FacePipeline faces = context.getBean(FacePipeline.class);
              faces.enroll("ada", ada(1));
              assertThat(context.getBean(Gallery.class)).isSameAs(faces.gallery());
            });
    with(source)
        .withPropertyValues("facepipeline.gallery.threshold=0.3")
        .run(
            context -> {
              assertThat(context.getBean(Gallery.class).threshold()).isEqualTo(0.3f);
              assertThat(context.getBean(FacePipeline.class).identify(ada(2)).get(0).label())
                  .isEqualTo("ada");
            });
    with(source)
        .withPropertyValues("facepipeline.gallery.name=other")
        .run(context -> assertThat(context.getBean(Gallery.class).labels()).isEmpty());
    try (Gallery gallery = JdbcGallery.in(source).open()) {
      assertThat(gallery.labels()).containsExactly("ada");
    }
  }

  @Test
  void whatIsMissingIsNamed() {
    assertFails(application, "there is none");
    assertFails(
        application
            .withBean("one", DataSource.class, () -> database("one"))
            .withBean("two", DataSource.class, () -> database("two")),
        "more than one");
    assertFails(
        with(database("path")).withPropertyValues("facepipeline.gallery.path=team"),
        "leave facepipeline.gallery.path");
    assertFails(
        with(database("jar")).withClassLoader(new FilteredClassLoader(JdbcGallery.class)),
        "needs facepipeline-jdbc");
  }

  @Test
  void withoutThePropertyADatabaseIsNotTouched() {
    DataSource source = database("untouched");
    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(FacePipelineAutoConfiguration.class))
        .withClassLoader(new FilteredClassLoader(JdbcGallery.class))
        .withBean(DataSource.class, () -> source)
        .run(
            context -> {
              context.getBean(FacePipeline.class).enroll("ada", ada(1));
              try (var connection = source.getConnection();
                  var tables =
                      connection.getMetaData().getTables(null, null, "%FACEPIPELINE%", null)) {
                assertThat(tables.next()).isFalse();
              }
            });
  }
}
