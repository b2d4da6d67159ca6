/** The gallery: people enrolled photo by photo. */
@SuppressWarnings("module") // the module that the internals are for comes after this one
module io.facepipeline.gallery {
  requires com.google.common;
  requires static transitive com.google.errorprone.annotations;
  requires transitive io.facepipeline.core;
  requires org.apache.commons.csv;
  requires static transitive org.jspecify;

  exports io.facepipeline.gallery;
  exports io.facepipeline.gallery.memory to
      io.facepipeline.jdbc;
  exports io.facepipeline.gallery.store to
      io.facepipeline.jdbc;
}
