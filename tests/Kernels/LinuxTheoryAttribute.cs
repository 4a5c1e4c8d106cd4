using Xunit;

namespace MiniGrad.Tests.Kernels;

/// <summary>A test that maps memory as Linux does; a named skip elsewhere.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute()
    {
        if (!OperatingSystem.IsLinux()) Skip = "needs Linux: it protects pages of memory";
    }
}
