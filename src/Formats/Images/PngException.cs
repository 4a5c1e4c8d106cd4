namespace MiniGrad.Formats.Images;

/// <summary>An image file breaks the PNG format, is too large, or is no PNG at all.</summary>
public sealed class PngException(string path, long offset, string problem) : BadFileException(path, offset, problem);
