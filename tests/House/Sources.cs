namespace MiniGrad.Tests.House;

/// <summary>The sources of the repository, found from where the tests run.</summary>
internal static class Sources
{
    public static string Root { get; } = FindRoot();

    /// <summary>Every .cs file below some folders of the repository, without what a build leaves there.</summary>
    public static IEnumerable<string> Of(params IEnumerable<string> folders) => folders.SelectMany(folder =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories).Where(file => !IsBuilt(file)));

    /// <summary>The path from the root, with forward slashes.</summary>
    public static string Name(string file) => Path.GetRelativePath(Root, file).Replace('\\', '/');

    private static bool IsBuilt(string file) => Name(file).Split('/').Any(part => part is "bin" or "obj");

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "MiniGrad.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("the tests must run inside the repository");
    }
}
