using System.Text.Json.Nodes;
using Mambascope.Checkpoints;
using Microsoft.AspNetCore.Http;

namespace Mambascope.Explorer.Serving;

/// <summary>Numbers for the browser: a safetensors file whose metadata hold what there is to say about them, as JSON.</summary>
/// <param name="About">What there is to say.</param>
/// <param name="Writer">The numbers.</param>
internal sealed record Tensors(JsonObject About, SafetensorsWriter Writer) : IResult
{
    /// <summary>What such an answer is called.</summary>
    internal const string Kind = "application/x-safetensors";

    /// <summary>The key of the metadata.</summary>
    internal const string Key = "about";

    /// <summary>All of it as a file.</summary>
    internal ReadOnlyMemory<byte> File()
    {
        using var bytes = new MemoryStream();
        Writer.AddMetadata(Key, About.ToJsonString()).Write(bytes);
        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
    }

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = Kind;
        await httpContext.Response.Body.WriteAsync(File(), httpContext.RequestAborted);
    }
}
