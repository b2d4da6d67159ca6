package io.facepipeline.jdbc;

import io.facepipeline.gallery.Gallery;

class MemoryGalleryTest extends GalleryContract {
  @Override
  Gallery gallery() {
    return Gallery.inMemory(Faces.CARD);
  }
}
