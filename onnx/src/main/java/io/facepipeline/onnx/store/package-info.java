/**
 * Finding the files of published models: in folders, in the user's cache, and at their origin; and
 * keeping what was converted from them.
 */
@NullMarked
package io.facepipeline.onnx.store;

import org.jspecify.annotations.NullMarked;
