using System.Diagnostics.Tracing;
using System.Reflection;

namespace Mambascope.FirstRun;

/// <summary>Which methods the runtime compiles in this process, as it says itself: what was compiled ahead is not among them.</summary>
internal sealed class CompiledMethods : EventListener
{
    // https://learn.microsoft.com/dotnet/framework/performance/method-etw-events: MethodLoadVerbose of the runtime's provider.
    private const string Provider = "Microsoft-Windows-DotNETRuntime";
    private const EventKeywords Compiling = (EventKeywords)0x10;
    private const int MethodLoadVerbose = 143;

    // Events arrive a little after what they tell of.
    private static readonly TimeSpan late = TimeSpan.FromSeconds(2);

    private static readonly MethodInfo declaringType = typeof(RuntimeMethodHandle)
        .GetMethods(BindingFlags.NonPublic | BindingFlags.Static)
        .Single(method => method.Name == "GetDeclaringType" && method.GetParameters()[0].ParameterType.Name == "IRuntimeMethodInfo");

    private static readonly MethodInfo methodInfo
        = typeof(RuntimeMethodHandle).GetMethod("GetMethodInfo", BindingFlags.NonPublic | BindingFlags.Instance)!;

    private readonly Lock gate = new();
    private readonly HashSet<ulong> handles = [];

    /// <summary>
    /// The generic ones, or of generic types, with what they were compiled for; in the order of their names. What this program brings of
    /// its own is left out.
    /// </summary>
    public IReadOnlyList<MethodBase> Generic()
    {
        Thread.Sleep(late);
        ulong[] all;
        lock (gate)
        {
            all = [.. handles];
        }

        return
        [
            .. all.Select(Method).OfType<MethodBase>().Where(method => method.DeclaringType is not null)
                .Where(method => (method.IsGenericMethod || method.DeclaringType!.IsGenericType) && MethodParts.Of(method).All(IsOfTheTool))
                .OrderBy(method => $"{method.DeclaringType} {method}", StringComparer.Ordinal),
        ];
    }

    /// <inheritdoc/>
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Provider)
        {
            EnableEvents(eventSource, EventLevel.Verbose, Compiling);
        }
    }

    /// <inheritdoc/>
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData is { EventId: MethodLoadVerbose, Payload: [ulong handle, ..] })
        {
            lock (gate)
            {
                handles.Add(handle);
            }
        }
    }

    // Null for stubs, which are no methods of any type.
    private static MethodBase? Method(ulong handle)
    {
        try
        {
            var method = RuntimeMethodHandle.FromIntPtr((nint)handle);
            var type = (Type)declaringType.Invoke(obj: null, [methodInfo.Invoke(method, parameters: null)])!;
            return MethodBase.GetMethodFromHandle(method, type.TypeHandle);
        }
        catch (Exception e) when (e is TargetInvocationException or NullReferenceException or ArgumentException)
        {
            return null;
        }
    }

    private static bool IsOfTheTool(Type type)
        => type.Assembly != typeof(CompiledMethods).Assembly && type != typeof(EventWrittenEventArgs);
}
