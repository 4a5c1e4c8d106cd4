using Xunit;

namespace MiniGrad.Tests.Gpu;

/// <summary>The compiler that makes the PTX, where it is installed.</summary>
internal static class Clang
{
    private const string Name = "clang-19";

    public static string? Absent { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, Name)))
            ? null
            : $"{Name} is not installed";

    /// <summary>make-ptx.sh of this checkout.</summary>
    public static string Script
    {
        get
        {
            DirectoryInfo? folder = new(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "MiniGrad.sln"))) folder = folder.Parent;
            return Path.Combine(folder!.FullName, "src", "Kernels", "Gpu", "make-ptx.sh");
        }
    }
}

/// <summary>A test that needs <see cref="Clang"/>.</summary>
internal sealed class ClangTheoryAttribute : TheoryAttribute
{
    public ClangTheoryAttribute() => Skip = Clang.Absent;
}
