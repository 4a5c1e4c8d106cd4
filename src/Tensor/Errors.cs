namespace MiniGrad;

/// <summary>A file from outside is not what it claims to be: names the file, the byte offset and what is wrong there.</summary>
public abstract class BadFileException(string path, long offset, string problem)
    : IOException($"{path}: {problem} (at byte {offset})")
{
    /// <summary>The file.</summary>
    public string Path { get; } = path;

    /// <summary>The byte at which reading failed, from the start of the file.</summary>
    public long Offset { get; } = offset;
}

/// <summary>A device or its memory is missing or failed.</summary>
public class DeviceException(string message) : InvalidOperationException(message);

/// <summary>A device has not enough memory for what is asked of it now; a smaller batch may fit.</summary>
public sealed class DeviceMemoryException(string message) : DeviceException(message);

/// <summary>A computation left the numbers: NaN or infinity where a finite value is needed.</summary>
public sealed class NumericalException(string message) : ArithmeticException(message);
