using System.Reflection;
using System.Runtime.ExceptionServices;

namespace KubeSentiment.Tests.Streaming;

/// <summary>A client of Kafka that does what a test says and keeps account of what is asked of it.</summary>
/// <remarks>The library's interfaces have some forty members each, of which a test needs three: this stands in for all.</remarks>
public class Scripted : DispatchProxy
{
    /// <summary>What was called, in order.</summary>
    internal List<string> Calls { get; } = [];

    /// <summary>What a call does: its name to its arguments and its result.</summary>
    internal Dictionary<string, Func<object?[], object?>> Script { get; } = [];

    internal static (T Client, Scripted Script) Make<T>()
        where T : class
    {
        var client = Create<T, Scripted>();
        return (client, (Scripted)(object)client);
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        Calls.Add(targetMethod!.Name);
        try
        {
            return Script.TryGetValue(targetMethod.Name, out var script) ? script(args ?? []) : Default(targetMethod.ReturnType);
        }
        catch (TargetInvocationException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerException!);
            throw;
        }
    }

    private static object? Default(Type type) => type.IsValueType && type != typeof(void) ? Activator.CreateInstance(type) : null;
}
