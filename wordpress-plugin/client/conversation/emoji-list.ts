/** A small set of emoji, grouped: what people use in a business chat. Not the whole of Unicode. */
import { __ } from '@wordpress/i18n';

export interface EmojiGroup {
	name: string;
	emoji: string[];
}

const split = ( list: string ): string[] => list.split( ' ' );

export const emojiGroups = (): EmojiGroup[] => [
	{
		name: __( 'Smileys', 'nxt-cloud-chat' ),
		emoji: split( '😀 😃 😄 😁 😅 😂 🤣 🙂 😉 😊 😇 😍 😘 😋 😎 🤗 🤔 😐 🙄 😏 😬 😴 😌 😔 😕 🙁 😮 😢 😭 😱 😡 🤒 🥳 🥰 🤩 🫠 🤝 🙈' ),
	},
	{
		name: __( 'Hands and people', 'nxt-cloud-chat' ),
		emoji: split( '👍 👎 👌 ✌️ 🤞 👋 🙌 👏 🙏 💪 👉 👇 ☝️ ✋ ✍️ 🤷 🤦 💁 🙋 🏃 👀 👶 👩 👨' ),
	},
	{
		name: __( 'Hearts and signs', 'nxt-cloud-chat' ),
		emoji: split( '❤️ 🧡 💛 💚 💙 💜 🖤 💔 ✨ ⭐ 🔥 🎉 🎊 💯 ✅ ❌ ❗ ❓ ⚠️ ℹ️ 🆗 🆕 🔴 🟡 🟢 🔵' ),
	},
	{
		name: __( 'Shop and office', 'nxt-cloud-chat' ),
		emoji: split( '📦 🚚 🛒 🛍️ 🎁 💳 💶 💵 🧾 🏷️ 📅 ⏰ ⌛ 📞 📱 💻 📧 📎 📝 📄 📷 🔍 🔑 🔧 🏠 🏢 📍 🚗 ✈️' ),
	},
	{
		name: __( 'Food and nature', 'nxt-cloud-chat' ),
		emoji: split( '☕ 🍵 🍺 🍷 🍽️ 🍕 🍰 🍎 🌸 🌹 💐 🌳 🌞 🌧️ ❄️ 🌈 🐶 🐱' ),
	},
];
