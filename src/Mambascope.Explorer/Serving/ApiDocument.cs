using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;

namespace Mambascope.Explorer.Serving;

/// <summary>The API's description of itself: the same on every machine and port, so that clients can be made from it.</summary>
internal static class ApiDocument
{
    private const string Name = "explorer";
    private static readonly int[] refusals =
        [StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status429TooManyRequests];

    /// <summary>What the document says of the whole.</summary>
    internal static void Describe(OpenApiOptions api)
        => api.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new() { Title = "Mambascope explorer", Version = "1" };
            document.Servers = [];
            return Task.CompletedTask;
        });

    /// <summary>What every question may be answered with.</summary>
    internal static RouteGroupBuilder Describe(RouteGroupBuilder api)
        => api.WithTags(Name)
            .WithMetadata([.. refusals.Select(status => new ProducesResponseTypeMetadata(status, typeof(Refusal), ["application/json"]))]);

    /// <summary>A question: its name in clients, and what it asks.</summary>
    internal static RouteHandlerBuilder Asks(this RouteHandlerBuilder route, string name, string what)
        => route.WithName(name).WithSummary(what);

    /// <summary>An answer of bytes.</summary>
    internal static RouteHandlerBuilder Gives(this RouteHandlerBuilder route, string kind)
        => route.Produces<Stream>(StatusCodes.Status200OK, kind);

    /// <summary>A question whose body is a file, of whatever kind.</summary>
    internal static RouteHandlerBuilder TakesFile(this RouteHandlerBuilder route)
        => route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                {
                    ["application/octet-stream"] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } },
                },
            };
            return Task.CompletedTask;
        });
}
