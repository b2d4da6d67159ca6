/**
 * Finds the files of published models in folders, in the user's cache, and by download, and keeps
 * converted models.
 */
@NullMarked
package io.facepipeline.onnx.store;

import org.jspecify.annotations.NullMarked;
