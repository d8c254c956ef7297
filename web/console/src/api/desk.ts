/** What several pages of the desk need: shops and channels to choose from, and saved filters. */
import { api, type ListOf } from "./client";

export interface Named {
  id: string;
  name: string;
}

export interface SavedView {
  view_id: string;
  page: string;
  name: string;
  query: string;
  shared: boolean;
}

export const shopChoices = async (signal: AbortSignal): Promise<Named[]> =>
  (await api.get<ListOf<{ shop_id: string; name: string }>>("/v1/admin/shops", {}, signal)).data.map((one) => ({
    id: one.shop_id,
    name: one.name,
  }));

export const channelChoices = async (signal: AbortSignal): Promise<Named[]> =>
  (await api.get<ListOf<{ channel_id: string; name: string }>>("/v1/admin/channels", {}, signal)).data.map((one) => ({
    id: one.channel_id,
    name: one.name,
  }));

export const listViews = (page: string, signal: AbortSignal) =>
  api.get<ListOf<SavedView>>("/v1/admin/views", { page }, signal);
export const saveView = (page: string, name: string, query: string, shared: boolean) =>
  api.post<SavedView>("/v1/admin/views", { page, name, query, shared });
export const deleteView = (id: string) => api.delete<SavedView>(`/v1/admin/views/${encodeURIComponent(id)}`);

export const optionsOf = (names: Named[] | null) =>
  (names ?? []).map((one) => ({ value: one.id, label: one.name === one.id || !one.name ? one.id : `${one.name} · ${one.id}` }));
