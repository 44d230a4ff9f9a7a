using System.Runtime.InteropServices;

namespace KubeSentiment.Inference;

/// <summary>Keeps ONNX Runtime from reporting to its makers.</summary>
/// <remarks>
/// Since 1.31 the library itself collects what process it runs in, on what machine, and how its sessions do. It keeps that in files under the home folder and sends it over HTTPS. Nobody who runs this service
/// has asked for it, and a service that reads its callers' texts talks to nobody but those it is told of.
/// </remarks>
internal static partial class RuntimeTelemetry
{
    private const string Switch = "ORT_DISABLE_TELEMETRY";
    private const string Off = "1";

    /// <summary>To be called before anything of the library is used; it looks once.</summary>
    public static void TurnOff()
    {
        // The runtime's own copy of the environment is not what a C library reads.
        Environment.SetEnvironmentVariable(Switch, Off);
        if (!OperatingSystem.IsWindows())
        {
            _ = SetVariable(Switch, Off, overwrite: 1);
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
