package io.facepipeline.jdbc;

import io.facepipeline.gallery.Gallery;

class FolderGalleryTest extends GalleryContract {
  private int opened;

  @Override
  Gallery gallery() {
    return Gallery.open(folder.resolve("gallery " + ++opened), Faces.CARD);
  }
}
