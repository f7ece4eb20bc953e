/** Content that requests refer to: fetched right before the call, checked, shared. */
package io.mailstream.sender.content;
