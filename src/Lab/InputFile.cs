namespace MiniGrad.Lab;

/// <summary>Files to read: says what is wrong with a path before a parser meets it.</summary>
internal static class InputFile
{
    public static void Check(string path, string what)
    {
        if (Directory.Exists(path)) throw new InputException($"{what}: {path} is a folder. Name the file in it.");
        if (!File.Exists(path)) throw new InputException($"{what}: {path} does not exist. Check the path.");
        try
        {
            using FileStream stream = File.OpenRead(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{what}: {path} cannot be read: {error.Message}");
        }
    }
}
