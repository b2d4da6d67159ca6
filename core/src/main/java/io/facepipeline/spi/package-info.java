/** Service interfaces for other artifacts; programs do not need them. */
@NullMarked
package io.facepipeline.spi;

import org.jspecify.annotations.NullMarked;
