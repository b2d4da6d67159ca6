/** The gallery: people enrolled photo by photo. */
module io.facepipeline.gallery {
  requires com.google.common;
  requires static transitive com.google.errorprone.annotations;
  requires transitive io.facepipeline.core;
  requires org.apache.commons.csv;
  requires static transitive org.jspecify;

  exports io.facepipeline.gallery;
}
