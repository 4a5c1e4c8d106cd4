namespace MiniGrad.Formats.Images;

/// <summary>An image file breaks the PNG format, is too large, or is no PNG at all.</summary>
public sealed class PngException(string path, long offset, string problem) : BadFileException(path, offset, problem);

/// <summary>An image file breaks the JPEG format, is of a kind that is not read, or is too large.</summary>
public sealed class JpegException(string path, long offset, string problem) : BadFileException(path, offset, problem);
