using MiniGrad.Tests.Kernels;

// The test runner loads this assembly as a library; started by itself it is the child process of InstructionSetTests.
if (args is [InstructionSetTests.SelfTestCommand]) return KernelSelfTest.Run();
Console.Error.WriteLine($"Run these tests by 'dotnet test', or with the argument {InstructionSetTests.SelfTestCommand}.");
return 2;
