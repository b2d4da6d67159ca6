/** The cache of a user: downloaded files, converted models, unpacked natives. */
@NullMarked
package io.facepipeline.onnx.cache;

import org.jspecify.annotations.NullMarked;
